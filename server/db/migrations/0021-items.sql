-- Which item of a forEach a task is about: the rounds and items it is in as the engine names them, and what names the row for people.
alter table task add column item text;
alter table task add column item_label text;
