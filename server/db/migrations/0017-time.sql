-- Working calendars: a published version is never changed, only followed by another.
create table calendar (
  key text primary key,
  title jsonb not null,
  current_version int not null,
  warned_of int -- the last year whose missing list administrators were told of
);
create table calendar_version (
  calendar text not null references calendar deferrable initially deferred,
  version int not null,
  definition jsonb not null,
  sha256 text not null,
  note text,
  published_by uuid references person, -- null: it ships built in
  published_at timestamptz not null default now(),
  primary key (calendar, version)
);
grant select on calendar, calendar_version to guanjia_app, guanjia_engine, guanjia_publisher;
grant insert, update on calendar to guanjia_publisher;
grant insert on calendar_version to guanjia_publisher;
grant update (warned_of) on calendar to guanjia_engine;

-- Whose a task's time was, stretch by stretch: only ever added, by the rev that ended each.
create table task_time (
  task_id text not null,
  rev int not null,
  case_id uuid not null references "case",
  step text not null,
  party text not null, -- holder, pool, suspended, or who was waited for
  person_id uuid,
  from_at timestamptz not null,
  to_at timestamptz not null,
  working_ms bigint, -- of it within the calendar of the task's due time; null: that is wall-clock time
  primary key (task_id, rev)
);
create index task_time_case on task_time (case_id);
alter table task_time enable row level security;
create policy time_read on task_time for select to guanjia_app
  using (exists (select from "case" c where c.id = case_id)); -- the case's own policy decides
create policy engine_all on task_time to guanjia_engine using (true) with check (true);
grant select on task_time to guanjia_app, guanjia_engine;
grant insert, update, delete on task_time to guanjia_engine;

alter table task
  add column due_by jsonb, -- the calendar that the due time was reckoned by; null: wall-clock time
  add column waiting_for text; -- while its clock stands
