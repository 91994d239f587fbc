-- What leaves the house: e-mail and SMS beside what is told inside the product. A trigger writes the messages of a notification in the
-- transaction that writes the notification, whoever writes it: neither exists without the other.
set check_function_bodies = off; -- functions read record tables that publishing makes later

-- content/notices, loaded at every start: which kind goes through which channel to whom, in which words.
create table notice_rule (
  kind text not null,
  channel text not null check (channel in ('mail', 'sms')),
  audience text[] not null, -- staff, resident
  required boolean not null, -- nobody can decline it
  urgent boolean not null, -- heeds no quiet hours
  quiet_from time, -- in the community's zone; null: the channel has none
  quiet_to time,
  subject jsonb, -- by language; null: the channel has none
  text jsonb not null,
  primary key (kind, channel)
);
-- A case whose record says so is an emergency: its messages heed no quiet hours.
create table notice_emergency (
  form text not null,
  table_name text not null, -- of the form's records, in schema record
  column_name text not null,
  value text not null,
  primary key (form, column_name, value)
);
-- What a person has chosen; without a row the channel is on.
create table notice_choice (
  person_id uuid not null references person,
  channel text not null check (channel in ('mail', 'sms')),
  wanted boolean not null,
  primary key (person_id, channel)
);

create table outbound (
  id uuid primary key default uuidv7(), -- also what the receiving side may know a repetition by
  notification_id uuid references notification on delete set null,
  case_id uuid references "case" on delete set null,
  community_id uuid,
  person_id uuid not null references person,
  kind text not null,
  channel text not null check (channel in ('mail', 'sms')),
  address text not null, -- as it was then; masked to readers
  name text not null, -- of the person, as it was then
  language text not null,
  subject text,
  text text not null,
  params jsonb not null, -- values of the text: an SMS goes as a template with values
  path text not null, -- where a link leads
  state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'shown')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  lease_until timestamptz,
  error text,
  provider_id text, -- what the other side called it
  dedupe text not null unique,
  zone text not null,
  quiet_from time, -- null: heeds no quiet hours
  quiet_to time,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((state = 'sending') = (lease_until is not null))
);
create index outbound_due on outbound (next_at) where state = 'queued';
create index outbound_leased on outbound (lease_until) where state = 'sending';
create index outbound_person on outbound (person_id, id desc);
create index outbound_old on outbound (created_at);

-- The first instant from `at` on that is in no quiet hours, which may go over midnight.
create function after_quiet(at timestamptz, zone text, quiet_from time, quiet_to time) returns timestamptz
  language sql stable parallel safe as $$
  select case
    when quiet_from is null or quiet_from = quiet_to then at
    when quiet_from < quiet_to then
      case when l::time >= quiet_from and l::time < quiet_to then (l::date + quiet_to) at time zone zone else at end
    when l::time >= quiet_from then (l::date + 1 + quiet_to) at time zone zone
    when l::time < quiet_to then (l::date + quiet_to) at time zone zone
    else at end
  from (select at at time zone zone as l) x $$;

-- Puts values in place of {names}, once: a value that looks like a name stays as it is.
create function fill_text(template text, vals jsonb) returns text language sql immutable parallel safe as $$
  select string_agg(coalesce(x.before, '') || coalesce(vals ->> x.name, ''), '' order by x.n)
  from unnest(regexp_split_to_array(template, '\{\w+\}'),
    array(select m[1] from regexp_matches(template, '\{(\w+)\}', 'g') with ordinality as r (m, n) order by r.n))
    with ordinality as x (before, name, n) $$;

create function mask_address(channel text, address text) returns text language sql immutable parallel safe as $$
  select case
    when channel = 'mail' then left(address, 1) || '***' || coalesce(substring(address from '@.*$'), '')
    when length(address) < 8 then '****'
    else left(address, 3) || '****' || right(address, 4) end $$;

-- Where a person is reached: as an employee where the message is for the staff, as a party where it is for residents.
create function notice_address(person_id uuid, channel text, audience text[]) returns table (address text, audience_of text)
  language plpgsql stable security definer set search_path = public as $$
declare
  p person;
  field text := case channel when 'mail' then 'email' else 'phone' end;
begin
  select * into p from person where id = notice_address.person_id;
  if 'staff' = any (audience) and p.employee_id is not null and to_regclass('record.employee') is not null then
    return query select nullif(trim(to_jsonb(e) ->> field), ''), 'staff' from record.employee e
      where e.id = p.employee_id and e.deleted_at is null and nullif(trim(to_jsonb(e) ->> field), '') is not null;
    if found then return; end if;
  end if;
  if 'resident' = any (audience) and p.party_id is not null and to_regclass('record.party') is not null then
    return query select nullif(trim(to_jsonb(r) ->> field), ''), 'resident' from record.party r
      where r.id = p.party_id and r.deleted_at is null and nullif(trim(to_jsonb(r) ->> field), '') is not null;
  end if;
end $$;

create function is_emergency(c uuid) returns boolean language plpgsql stable security definer set search_path = public as $$
declare
  e record;
  hit boolean;
begin
  for e in select n.table_name, n.column_name, array_agg(n.value) as vals from "case" k join notice_emergency n on n.form = k.form
      where k.id = c group by 1, 2 loop
    if to_regclass(format('record.%I', e.table_name)) is null then continue; end if;
    execute format('select to_jsonb(r) ->> $1 = any ($2) from record.%I r where r.id = $3', e.table_name)
      into hit using e.column_name, e.vals, c;
    if hit then return true; end if;
  end loop;
  return false;
end $$;

-- The title of a step, wherever it stands in the tree.
create function step_title(flow_key text, flow_version int, step text) returns jsonb
  language sql stable security definer set search_path = public as $$
  select jsonb_path_query_first(v.definition, '$.** ? (@.id == $step && exists (@.kind)).title', jsonb_build_object('step', step))
  from flow_version v where v.flow = flow_key and v.version = step_title.flow_version and step is not null $$;

create function queue_outbound() returns trigger language plpgsql security definer set search_path = public as $$
declare
  house_language text;
begin
  if not exists (select from fresh n join notice_rule r on r.kind = n.kind) then return null; end if;
  select coalesce((select value #>> '{}' from setting where key = 'locale'), 'zh-CN') into house_language;
  insert into outbound (notification_id, case_id, community_id, person_id, kind, channel, address, name, language, subject, text, params,
    path, dedupe, zone, quiet_from, quiet_to, next_at)
  select n.id, n.case_id, k.community_id, p.id, n.kind, r.channel, a.address, p.display_name, l.language,
    fill_text(r.subject ->> l.language, v.vals), fill_text(r.text ->> l.language, v.vals), v.vals,
    case when a.audience_of = 'resident' then case when t.holder = p.id then '/portal/tasks/' || t.id else coalesce('/portal/cases/' || n.case_id, '/portal/notices') end
      else case when t.holder = p.id then '/inbox?view=mine&task=' || t.id else coalesce('/cases/' || n.case_id, '/notifications') end end,
    r.channel || ':' || coalesce(n.dedupe, n.id::text), z.zone, q.quiet_from, q.quiet_to,
    after_quiet(now(), z.zone, q.quiet_from, q.quiet_to)
  from fresh n
    join notice_rule r on r.kind = n.kind
    join person p on p.id = n.person_id and p.disabled_at is null
    cross join lateral notice_address(p.id, r.channel, r.audience) a
    left join notice_choice c on c.person_id = p.id and c.channel = r.channel
    left join "case" k on k.id = n.case_id
    left join flow f on f.key = k.flow
    left join task t on t.id = n.task_id
    left join person b on b.id::text = n.params ->> 'by'
    cross join lateral (select coalesce(p.locale, house_language) as language) l
    cross join lateral (select community_zone(k.community_id) as zone) z
    cross join lateral (select r.urgent or (r.quiet_from is not null and n.case_id is not null and is_emergency(n.case_id)) as urgent) e
    cross join lateral (select case when not e.urgent then r.quiet_from end as quiet_from, case when not e.urgent then r.quiet_to end as quiet_to) q
    cross join lateral (select n.params || jsonb_strip_nulls(jsonb_build_object(
      'number', k.number, 'title', k.title, 'name', p.display_name, 'by', coalesce(b.display_name, case l.language when 'en' then 'Guanjia' else '管家' end), 'flow', f.title ->> l.language,
      'step', coalesce(step_title(k.flow, k.flow_version, coalesce(t.step, n.params ->> 'step')) ->> l.language, f.title ->> l.language),
      'due', to_char(t.due_at at time zone z.zone, 'MM-DD HH24:MI'))) as vals) v
  where (r.required or coalesce(c.wanted, true))
  on conflict (dedupe) do nothing;
  return null;
end $$;
create trigger notification_leaves after insert on notification
  referencing new table as fresh for each statement execute function queue_outbound();

-- ------------------------------------------------------------------------------------------------- who may see it
alter table notice_choice enable row level security;
create policy choice_own on notice_choice to guanjia_app using (person_id = current_person()) with check (person_id = current_person());
alter table outbound enable row level security;
create policy outbound_read on outbound for select to guanjia_app using (
  community_id in (select my_communities('outbox.read')) or (community_id is null and (select may('outbox.read'))));
create policy engine_all on outbound to guanjia_engine using (true) with check (true);

-- Addresses are personal: the app reads them masked, and in full only of a person whose record the asking one may unmask.
create function outbound_masked(ids uuid[]) returns table (id uuid, address text)
  language sql stable security definer set search_path = public as $$
  select o.id, mask_address(o.channel, o.address) from outbound o where o.id = any (ids) and (
    o.community_id in (select my_communities('outbox.read')) or (o.community_id is null and may('outbox.read'))) $$;
create function outbound_address(outbound_id uuid) returns text
  language plpgsql stable security definer set search_path = public as $$
declare
  o outbound;
  p person;
begin
  select * into o from outbound where id = outbound_id and (
    community_id in (select my_communities('outbox.read')) or (community_id is null and may('outbox.read')));
  select * into p from person where id = o.person_id;
  if p.employee_id is not null then
    if may('record.unmask:employee') or exists (select from record.employee e where e.id = p.employee_id
        and to_jsonb(e) ->> 'community' in (select my_communities('record.unmask:employee')::text)) then return o.address; end if;
    return null;
  end if;
  if p.party_id is not null and (may('record.unmask:party') or p.party_id in (select my_parties('record.unmask:party'))) then return o.address; end if;
  return null;
end $$;
-- What one's own messages are sent to, masked.
create function my_addresses() returns table (channel text, address text)
  language sql stable security definer set search_path = public as $$
  select c.channel, mask_address(c.channel, a.address) from unnest(array['mail', 'sms']) c (channel)
    cross join lateral notice_address(current_person(), c.channel, array['staff', 'resident']) a $$;

revoke execute on function notice_address(uuid, text, text[]) from public;
grant select on notice_rule, notice_emergency to guanjia_app, guanjia_engine;
grant select, insert, update on notice_choice to guanjia_app;
grant select (id, notification_id, case_id, community_id, person_id, kind, channel, name, language, subject, text, path, state, attempts,
  next_at, lease_until, error, dedupe, created_at, ended_at) on outbound to guanjia_app;
grant select, update, delete on outbound to guanjia_engine;
