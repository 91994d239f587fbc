-- What operators do to a case: it may be suspended, or be undone before it is cancelled.
alter table "case" drop constraint case_status_check;
alter table "case" add constraint case_status_check
  check (status in ('starting', 'running', 'suspended', 'cancelling', 'completed', 'cancelled'));
