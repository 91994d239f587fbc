-- The step of an activity in flight may be gone before the activity has heard of it: who calls back then is told at once that nobody waits.
alter table effect add late boolean not null default false;
