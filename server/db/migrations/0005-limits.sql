-- What a person has uploaded within a day is asked before every upload.
create index file_created_by on file (created_by, created_at);
