-- What a person has uploaded within a day is asked before every upload.
create index file_created_by on file (created_by, created_at);

-- The latest of a discussion, and the page before.
create index comment_latest on comment (case_id, created_at desc, id desc);
