-- What a case has to do with the world outside its people: robots of chat groups, cases that nobody starts by hand.
set check_function_bodies = off; -- functions read record tables that publishing makes later

-- ------------------------------------------------------------------------------------------------- robots of chat groups
alter table outbound drop constraint outbound_channel_check;
alter table outbound add constraint outbound_channel_check check (channel in ('mail', 'sms', 'robot'));
alter table outbound alter column person_id drop not null;
-- A robot is nobody: its address is its name in the settings.
alter table outbound add constraint outbound_to check ((person_id is null) = (channel = 'robot'));
grant insert on outbound to guanjia_engine;

create or replace function mask_address(channel text, address text) returns text language sql immutable parallel safe as $$
  select case
    when channel = 'robot' then address
    when channel = 'mail' then left(address, 1) || '***' || coalesce(substring(address from '@.*$'), '')
    when length(address) < 8 then '****'
    else left(address, 3) || '****' || right(address, 4) end $$;

-- ------------------------------------------------------------------------------------------------- cases that nobody starts by hand
-- One row for each start by a message, an occurrence of a schedule, a written record, an operator's "run now". Its id is the case's and
-- comes from what caused it, so that whatever causes it twice writes it once (protocol.md rule 10). A worker drives it.
create table automatic_start (
  id uuid primary key,
  flow text not null,
  starter text not null, -- its id in the flow's start.on
  "by" text not null check ("by" in ('message', 'schedule', 'record')),
  source jsonb not null, -- what its mappings see; emptied when the case is there
  community_id uuid, -- null: the mapping or the record says it, or the company
  key text, -- of the message
  author uuid references person, -- who wrote the record
  cause uuid, -- the case whose activity did
  depth int not null default 1, -- how many starts led to it
  state text not null default 'pending' check (state in ('pending', 'done', 'skipped', 'failed', 'discarded')),
  error jsonb, -- code, errors: no values
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create index automatic_start_due on automatic_start (next_at) where state = 'pending';
create index automatic_start_failed on automatic_start (created_at desc, id) where state = 'failed';
create index automatic_start_key on automatic_start (flow, starter, key) where key is not null;

-- One row for each schedule of a published flow in each community; publishing and every beat of a worker bring it into line.
create table schedule (
  id uuid primary key default uuidv7(),
  flow text not null,
  starter text not null,
  community_id uuid, -- null: the form is the company's
  rrule text not null,
  dtstart text not null, -- local
  zone text not null,
  on_holiday text not null,
  catch_up_seconds int not null,
  paused boolean not null default false,
  next_at timestamptz, -- null: there is no more
  last_at timestamptz, -- the occurrence that last started a case
  skipped int not null default 0, -- for being too late or on a holiday
  skipped_at timestamptz, -- the last of them
  unique nulls not distinct (flow, starter, community_id)
);
create index schedule_due on schedule (next_at) where next_at is not null and not paused;

-- Which writes of which records start something. A trigger stands on the tables that are named here, and on no other.
create table record_starter (
  flow text not null,
  starter text not null,
  form text not null,
  table_name text not null, -- of the form's records, in schema record
  event text not null check (event in ('created', 'changed')),
  columns text[], -- null: any
  primary key (flow, starter)
);

-- In the transaction that writes the record. The case's id is that of flow, start, record and its version.
create function start_on_record() returns trigger language plpgsql security definer set search_path = public set intervalstyle = 'iso_8601' as $$
declare
  now_row jsonb := to_jsonb(new);
  old_row jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  told_cause uuid := nullif(current_setting('guanjia.cause', true), '')::uuid;
  told_depth int;
begin
  if now_row ->> 'deleted_at' is not null then return null; end if;
  select coalesce(max(d.depth), 1) + 1 into told_depth
    from (select a.depth from automatic_start a where a.id = told_cause union all select c.depth from case_cause c where c.case_id = told_cause) d;
  insert into automatic_start (id, flow, starter, "by", source, community_id, author, cause, depth, state, error, ended_at)
  select md5(s.flow || ' ' || s.starter || ' ' || (now_row ->> 'id') || ' ' || (now_row ->> 'version'))::uuid, s.flow, s.starter, 'record',
    jsonb_build_object('form', s.form, 'record', now_row, 'old', old_row), (now_row ->> 'community_id')::uuid,
    (now_row ->> 'updated_by')::uuid, told_cause, case when told_cause is null then 1 else told_depth end,
    case when told_cause is not null and told_depth > 5 then 'failed' else 'pending' end,
    case when told_cause is not null and told_depth > 5 then '{"code": "start_loop"}'::jsonb end,
    case when told_cause is not null and told_depth > 5 then now() end
  from record_starter s
  where s.table_name = tg_table_name and s.event = case tg_op when 'INSERT' then 'created' else 'changed' end
    and (tg_op = 'INSERT' or exists (select from jsonb_object_keys(now_row) k
      where k not in ('version', 'form_version', 'updated_at', 'updated_by', 'deleted_at') and (s.columns is null or k = any (s.columns))
        and now_row -> k is distinct from old_row -> k))
  on conflict (id) do nothing;
  return null;
end $$;

alter table automatic_start enable row level security;
create policy start_read on automatic_start for select to guanjia_app using ((select may_anywhere('automation.read'))
  and (community_id in (select my_communities('automation.read')) or (select may('automation.read'))));
create policy engine_all on automatic_start to guanjia_engine using (true) with check (true);
alter table schedule enable row level security;
create policy schedule_read on schedule for select to guanjia_app using (
  community_id in (select my_communities('automation.read')) or (select may('automation.read')));
create policy engine_all on schedule to guanjia_engine using (true) with check (true);
-- What a mapping sees is personal: the app lists starts without it.
grant select (id, flow, starter, "by", community_id, key, author, cause, depth, state, error, attempts, next_at, created_at, ended_at)
  on automatic_start to guanjia_app;
grant select on schedule to guanjia_app;
grant select, insert, update, delete on automatic_start, schedule to guanjia_engine;
grant select on record_starter to guanjia_engine;
grant execute on function start_on_record() to guanjia_publisher;

-- What led to a case that an activity of another started: chains are cut off, whatever flows ask for.
create table case_cause (
  case_id uuid primary key references "case",
  cause uuid not null,
  depth int not null
);
alter table case_cause enable row level security;
create policy engine_all on case_cause to guanjia_engine using (true) with check (true);
grant select, insert on case_cause to guanjia_engine;

-- ------------------------------------------------------------------------------------------------- messages and signals
-- What cases wait for, as the newest delta says (protocol.md rule 25). Whoever asks it for a name and key, and whoever changes it, first
-- takes the advisory lock of that name and key.
create table case_await (
  case_id uuid not null references "case",
  id int not null, -- of the engine, a new one each time it opens
  kind text not null check (kind in ('message', 'signal')),
  name text not null,
  key text, -- of a message
  early boolean not null,
  step text, -- null: a handler of the flow
  part text,
  opened_at timestamptz not null,
  primary key (case_id, id)
);
create index case_await_for on case_await (name, key, opened_at);

create table message (
  id uuid primary key, -- the sender's: one happens once
  kind text not null check (kind in ('message', 'signal')),
  name text not null,
  key text,
  fields jsonb not null, -- emptied when it is taken
  hash bytea not null, -- of what was sent: another message under the same id is refused
  community_id uuid, -- a signal reaches cases of this community; null: all
  sent_by uuid references person,
  from_case uuid,
  state text not null check (state in ('pending', 'taken', 'started', 'early', 'dead', 'discarded')),
  reason text, -- why it is dead: nobody_waits, expired, refused
  expires_at timestamptz, -- of an early one
  created_at timestamptz not null default now(),
  looked_at timestamptz not null default clock_timestamp(), -- when it last looked for somebody who waits
  ended_at timestamptz,
  check ((key is null) = (kind = 'signal'))
);
create index message_kept on message (name, key, created_at) where state in ('early', 'dead');
create index message_expiring on message (expires_at) where state = 'early';
create index message_dead on message (created_at desc, id) where state = 'dead';
create index message_old on message (created_at);

-- Of one message to one wait of one case; a signal has one for each case.
create table message_delivery (
  message_id uuid not null references message on delete cascade,
  case_id uuid not null,
  await_id int not null,
  state text not null default 'pending' check (state in ('pending', 'taken', 'missed', 'refused')),
  patch jsonb, -- what it writes into the record, by the output of whoever takes it
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  lease_until timestamptz,
  primary key (message_id, case_id, await_id)
);
create index message_delivery_due on message_delivery (next_at) where state = 'pending';

create function lock_message(name text, key text) returns void language sql volatile as $$
  select pg_advisory_xact_lock(hashtextextended('message ' || name || ' ' || coalesce(key, ''), 7203)) $$;

alter table message enable row level security;
create policy message_read on message for select to guanjia_app using ((select may('automation.read')));
create policy engine_all on message to guanjia_engine using (true) with check (true);
alter table message_delivery enable row level security;
create policy engine_all on message_delivery to guanjia_engine using (true) with check (true);
alter table case_await enable row level security;
create policy engine_all on case_await to guanjia_engine using (true) with check (true);
grant select (id, kind, name, key, community_id, sent_by, from_case, state, reason, expires_at, created_at, ended_at) on message to guanjia_app;
grant select, insert, update, delete on message, message_delivery, case_await to guanjia_engine;
