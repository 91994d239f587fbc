-- The tables around the record tables: people, definitions, cases, tasks, commands, files.
-- Run as guanjia_owner. The four roles exist already (bootstrap). Record tables are made by publishing form types (schema "record").
set check_function_bodies = off; -- functions read record tables that publishing makes later

-- ------------------------------------------------------------------------------------------------- people
create table person (
  id uuid primary key default uuidv7(),
  username text not null,
  display_name text not null,
  party_id uuid,
  employee_id uuid,
  locale text check (locale in ('zh-CN', 'en')),
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index person_username on person (lower(username));
create index person_party on person (party_id) where party_id is not null;
create index person_employee on person (employee_id) where employee_id is not null;

create table credential (
  person_id uuid primary key references person,
  password_hash text not null,
  updated_at timestamptz not null default now()
);

create table session (
  token_hash bytea primary key,
  person_id uuid not null references person,
  kind text not null check (kind in ('browser', 'token')),
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_person on session (person_id);

create table role (
  key text primary key,
  title jsonb not null,
  description jsonb,
  may text[] not null
);
create table role_grant (
  id uuid primary key default uuidv7(),
  person_id uuid not null references person,
  role text not null references role,
  community_id uuid, -- null: in every community of the company
  granted_by uuid references person,
  granted_at timestamptz not null default now(),
  unique nulls not distinct (person_id, role, community_id)
);
create index role_grant_role on role_grant (role, community_id);

-- ------------------------------------------------------------------------------------------------- definitions
create table form_type (
  key text primary key,
  kind text not null check (kind in ('register', 'case')),
  title jsonb not null,
  current_version int not null,
  built_in boolean not null default false
);
create table form_version (
  form text not null references form_type deferrable initially deferred,
  version int not null,
  schema jsonb not null,
  layout jsonb not null,
  sha256 text not null,
  note text,
  published_by uuid references person,
  published_at timestamptz not null default now(),
  primary key (form, version)
);
create table form_draft (
  form text primary key,
  schema jsonb not null,
  layout jsonb not null,
  updated_by uuid references person,
  updated_at timestamptz not null default now()
);
create table flow (
  key text primary key,
  form text not null references form_type,
  title jsonb not null,
  current_version int not null,
  built_in boolean not null default false
);
create table flow_version (
  flow text not null references flow deferrable initially deferred,
  version int not null,
  definition jsonb not null,
  form_version int not null,
  sha256 text not null,
  note text,
  published_by uuid references person,
  published_at timestamptz not null default now(),
  primary key (flow, version)
);

-- ------------------------------------------------------------------------------------------------- cases
create table "case" (
  id uuid primary key default uuidv7(), -- also the record's id and the Temporal workflow id: one case, one row
  number text not null unique,
  flow text not null,
  flow_version int not null,
  form text not null,
  form_version int not null,
  community_id uuid,
  initiator uuid not null references person,
  title text not null,
  summary jsonb not null default '[]',
  status text not null check (status in ('starting', 'running', 'suspended', 'completed', 'cancelled')),
  outcome text,
  position text[] not null default '{}',
  incidents jsonb not null default '[]',
  applied_rev int not null default 0, -- every rev up to it is applied, without a gap
  seen_rev int not null default 0,
  row_rev int not null default 0, -- rev that last wrote status, outcome, position, incidents
  chain_hash bytea, -- hash of the event at applied_rev
  field_revs jsonb not null default '{}', -- field → rev that last wrote it (rule 7)
  last_n int not null default 0, -- n of the latest command
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  updated_at timestamptz not null default now(),
  foreign key (flow, flow_version) references flow_version,
  foreign key (form, form_version) references form_version
);
create index case_initiator on "case" (initiator, started_at desc, id);
create index case_community on "case" (community_id, started_at desc, id);
create index case_gap on "case" (updated_at) where applied_rev < seen_rev;

create table command (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case",
  n int not null,
  kind text not null,
  actor uuid references person,
  idempotency_key uuid,
  route text, -- the key is unique a person and route
  request_hash bytea,
  task_id text,
  args jsonb not null, -- outcome, to, mode, assignment …: what the engine's command carries besides its vars
  patch jsonb, -- the full form patch; never leaves Postgres
  comment text,
  read_rev int, -- rev of the record the person had read (rule 7)
  device_at timestamptz,
  flow_version int not null,
  state text not null default 'pending' check (state in ('pending', 'done', 'refused')),
  refusal jsonb,
  told_later boolean not null default false, -- answered 202: a refusal must reach the person another way
  lease_by text,
  lease_until timestamptz,
  attempts int not null default 0,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (case_id, n)
);
create unique index command_key on command (actor, route, idempotency_key) where idempotency_key is not null;
create index command_pending on command (case_id, n) where state = 'pending';

create table task (
  id text primary key, -- <case id>-<n>
  case_id uuid not null references "case",
  flow text not null,
  step text not null,
  kind text not null check (kind in ('userTask', 'approval', 'unknown')), -- unknown: a tombstone that came before its opening
  state text not null check (state in ('open', 'completing', 'done', 'cancelled')),
  community_id uuid,
  assignee uuid references person,
  pool text,
  claimed_by uuid references person,
  claimed_at timestamptz,
  holder uuid generated always as (coalesce(claimed_by, assignee)) stored,
  assignment int not null,
  due_at timestamptz,
  opened_at timestamptz not null,
  opened_rev int not null,
  rev int not null, -- rev that last wrote this row
  returned_by uuid references person,
  explanation jsonb not null default '{}',
  command_id uuid, -- the command that holds it while completing
  closed_at timestamptz,
  closed_by uuid references person,
  outcome text
);
create index task_case on task (case_id);
create index task_mine on task (holder, due_at, id) where state in ('open', 'completing');
create index task_pool on task (pool, community_id, due_at, id) where state in ('open', 'completing') and claimed_by is null;
create index task_done on task (closed_by, closed_at desc, id) where state = 'done';

create table task_read (
  task_id text not null references task,
  person_id uuid not null references person,
  read_at timestamptz not null default now(),
  primary key (task_id, person_id)
);
create table task_draft (
  task_id text not null references task,
  person_id uuid not null references person,
  fields jsonb not null,
  comment text,
  updated_at timestamptz not null default now(),
  primary key (task_id, person_id)
);

create table case_event (
  case_id uuid not null references "case",
  rev int not null,
  at timestamptz not null,
  type text not null,
  step text,
  task_id text,
  actor uuid references person,
  acting_for uuid references person,
  command_id uuid,
  data jsonb not null,
  entry jsonb not null, -- the whole delta entry: the engine can be folded over the log
  patch jsonb,
  comment text,
  flow_version int not null,
  form_version int not null,
  device_at timestamptz,
  hash bytea, -- sha256(hash of rev − 1 ‖ canonical JSON of this row); null until the gap before it closes (rule 6)
  primary key (case_id, rev)
);
create table case_reader (
  case_id uuid not null references "case",
  person_id uuid not null references person,
  why text not null check (why in ('initiator', 'holder', 'cc')),
  added_at timestamptz not null default now(),
  read_at timestamptz,
  primary key (case_id, person_id, why)
);
create index case_reader_person on case_reader (person_id, why, added_at desc);

create table comment (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case",
  author uuid not null references person,
  body text not null check (length(body) between 1 and 4000),
  created_at timestamptz not null default now()
);
create index comment_case on comment (case_id, id);

create table effect (
  case_id uuid not null references "case",
  id int not null,
  step text not null,
  type text not null,
  activity text,
  rev int not null,
  state text not null default 'pending' check (state in ('pending', 'done', 'failed')),
  input jsonb,
  output jsonb,
  patch jsonb,
  error jsonb,
  updated_at timestamptz not null default now(),
  primary key (case_id, id)
);

create table notification (
  id uuid primary key default uuidv7(),
  person_id uuid not null references person,
  case_id uuid references "case",
  task_id text,
  kind text not null,
  params jsonb not null default '{}',
  dedupe text unique, -- one fact, one notification, however often its delta is applied
  created_at timestamptz not null default now(),
  read_at timestamptz
);
create index notification_person on notification (person_id, id desc);
create index notification_unread on notification (person_id) where read_at is null;

-- ------------------------------------------------------------------------------------------------- files, numbers, audit
create table file (
  id uuid primary key default uuidv7(),
  sha256 text not null,
  media_type text not null,
  bytes int not null,
  width int,
  height int,
  name text not null,
  created_by uuid not null references person,
  created_at timestamptz not null default now()
);
create table file_use (
  file_id uuid not null references file,
  form text not null,
  record_id uuid not null,
  field text not null,
  primary key (file_id, form, record_id, field)
);
create index file_use_record on file_use (record_id);
create table number_series (
  key text primary key,
  value int not null
);
create table audit (
  id uuid primary key default uuidv7(),
  at timestamptz not null default now(),
  person_id uuid references person,
  act text not null,
  subject text not null,
  detail jsonb not null default '{}'
);
create table setting (
  key text primary key,
  value jsonb not null
);

-- ------------------------------------------------------------------------------------------------- who is asking
-- Set per transaction: set_config('guanjia.person', <uuid>, true).
create function current_person() returns uuid language sql stable parallel safe
  return nullif(current_setting('guanjia.person', true), '')::uuid;

-- Verbs are `<what>.<do>` or `<what>.<do>:<key>`; `*` stands for any part, e.g. record.read:* or *.
create function verb_matches(granted text[], verb text) returns boolean language sql immutable parallel safe
  return verb = any (granted) or '*' = any (granted) or (split_part(verb, ':', 1) || ':*') = any (granted);

create function my_roles() returns table (role text, community_id uuid)
  language sql stable security definer set search_path = public
  as $$ select g.role, g.community_id from role_grant g where g.person_id = current_person() $$;

-- Communities in which the asking person may do the verb.
create function my_communities(verb text) returns setof uuid
  language plpgsql stable security definer set search_path = public as $$
begin
  if exists (select from role_grant g join role r on r.key = g.role
             where g.person_id = current_person() and g.community_id is null and verb_matches(r.may, verb)) then
    return query select c.id from record.community c;
  else
    return query select distinct g.community_id from role_grant g join role r on r.key = g.role
                 where g.person_id = current_person() and g.community_id is not null and verb_matches(r.may, verb);
  end if;
end $$;

-- Whether the asking person may do the verb company-wide.
create function may(verb text) returns boolean
  language sql stable security definer set search_path = public
  as $$ select exists (select from role_grant g join role r on r.key = g.role
                       where g.person_id = current_person() and g.community_id is null and verb_matches(r.may, verb)) $$;
create function may_anywhere(verb text) returns boolean
  language sql stable security definer set search_path = public
  as $$ select exists (select from role_grant g join role r on r.key = g.role
                       where g.person_id = current_person() and verb_matches(r.may, verb)) $$;

-- The party the asking person stands for, and the units that party owns or rents today.
create function my_party() returns uuid language sql stable security definer set search_path = public
  as $$ select party_id from person where id = current_person() $$;
create function my_units() returns setof uuid
  language plpgsql stable security definer set search_path = public as $$
begin
  return query
    select o.unit from record.ownership o
     where o.party = my_party() and o.deleted_at is null and o.from_date <= current_date and (o.to_date is null or o.to_date > current_date)
    union
    select t.unit from record.tenancy t
     where t.party = my_party() and t.deleted_at is null and t.from_date <= current_date and (t.to_date is null or t.to_date > current_date);
end $$;

create function may_read_case(c uuid, community uuid) returns boolean
  language sql stable security definer set search_path = public cost 1000 as $$
  select exists (select from case_reader r where r.case_id = c and r.person_id = current_person())
      or exists (select from task t join my_roles() m on m.role = t.pool and (m.community_id is null or m.community_id = t.community_id)
                 where t.case_id = c and t.state in ('open', 'completing') and t.claimed_by is null)
      or (community is null and may('case.read')) or community in (select my_communities('case.read')) $$;

-- How many commands of a case wait for their outcome, and the lowest `n` of them: a person sees only their own (rules 1 and 2).
create function pending_commands(c uuid) returns table (waiting int, lowest int)
  language sql stable security definer set search_path = public
  as $$ select count(*)::int, min(n) from command where case_id = c and state = 'pending' $$;

-- ------------------------------------------------------------------------------------------------- row security: the second lock
alter table "case" enable row level security;
create policy case_read on "case" for select to guanjia_app
  using (initiator = current_person() or may_read_case(id, community_id));
create policy case_start on "case" for insert to guanjia_app with check (initiator = current_person());
create policy case_count on "case" for update to guanjia_app
  using (initiator = current_person() or may_read_case(id, community_id));

alter table task enable row level security;
create policy task_see on task for select to guanjia_app using (
  holder = current_person() or closed_by = current_person()
  or (pool is not null and exists (select from my_roles() m where m.role = pool and (m.community_id is null or m.community_id = task.community_id)))
  or may_read_case(case_id, community_id));
create policy task_act on task for update to guanjia_app using (
  holder = current_person()
  or (pool is not null and claimed_by is null and exists (select from my_roles() m where m.role = pool and (m.community_id is null or m.community_id = task.community_id)))
  or community_id in (select my_communities('task.reassign')));

alter table command enable row level security;
create policy command_own on command for select to guanjia_app using (actor = current_person());
create policy command_give on command for insert to guanjia_app with check (actor = current_person());

alter table case_event enable row level security;
create policy event_read on case_event for select to guanjia_app
  using (exists (select from "case" c where c.id = case_id)); -- the case's own policy decides

alter table case_reader enable row level security;
create policy reader_own on case_reader for select to guanjia_app using (person_id = current_person());
create policy reader_mark on case_reader for update to guanjia_app using (person_id = current_person());

alter table comment enable row level security;
create policy comment_read on comment for select to guanjia_app using (exists (select from "case" c where c.id = case_id));
create policy comment_write on comment for insert to guanjia_app
  with check (author = current_person() and exists (select from "case" c where c.id = case_id));

alter table task_draft enable row level security;
create policy draft_own on task_draft to guanjia_app using (person_id = current_person()) with check (person_id = current_person());
alter table task_read enable row level security;
create policy read_own on task_read to guanjia_app using (person_id = current_person()) with check (person_id = current_person());
alter table notification enable row level security;
create policy notification_own on notification for select to guanjia_app using (person_id = current_person());
create policy notification_mark on notification for update to guanjia_app using (person_id = current_person());

alter table file enable row level security;
create policy file_own on file to guanjia_app using (created_by = current_person()) with check (created_by = current_person());
create policy file_of_case on file for select to guanjia_app using (
  exists (select from file_use u join "case" c on c.id = u.record_id where u.file_id = file.id));
alter table effect enable row level security;

-- The engine role applies deltas and drives commands: it sees every case, and only what a case needs.
do $$
declare t text;
begin
  foreach t in array array['case', 'task', 'command', 'case_event', 'case_reader', 'comment', 'task_draft', 'task_read', 'notification', 'effect', 'file'] loop
    execute format('create policy engine_all on %I to guanjia_engine using (true) with check (true)', t);
  end loop;
end $$;

-- ------------------------------------------------------------------------------------------------- grants
grant usage on schema public, record to guanjia_app, guanjia_engine;
grant select on all tables in schema public to guanjia_app, guanjia_engine;
revoke select on credential, session from guanjia_engine;
grant insert, update, delete on session to guanjia_app;
grant insert, update on credential to guanjia_app;
grant update (locale) on person to guanjia_app;
grant insert on "case", command, comment, file, file_use, audit, task_draft, task_read to guanjia_app;
grant update (last_n) on "case" to guanjia_app;
grant update (state, command_id, claimed_by, claimed_at) on task to guanjia_app;
grant update (fields, comment, updated_at) on task_draft to guanjia_app;
grant update (read_at) on task_read, case_reader, notification to guanjia_app;
grant delete on task_draft to guanjia_app;
grant insert, update on number_series to guanjia_app, guanjia_engine;
grant insert, update, delete on "case", task, command, case_event, case_reader, task_draft, notification, effect, file_use to guanjia_engine;
grant select, insert, update on form_type, form_version, form_draft, flow, flow_version to guanjia_publisher;
grant usage on schema public to guanjia_publisher;
grant insert, update, delete on form_draft to guanjia_app;
