-- What a command costs Postgres. Who sees what and who may do what is unchanged.
set check_function_bodies = off; -- functions read record tables that publishing makes later

-- ------------------------------------------------------------------------------------------------- updates that touch no index
-- The index held columns that every command and every delta writes, so each of them wrote all indexes of the case anew.
alter table "case" add column has_gap boolean not null generated always as (applied_rev < seen_rev) stored;
drop index case_gap;
create index case_gap on "case" (id) where has_gap;
-- A case is written twice a command: its next version wants room on the same page.
alter table "case" set (fillfactor = 70);

-- ------------------------------------------------------------------------------------------------- one case, one answer
-- Asked of one row at a time, cheapest first: most who act on a case are among its readers or have it in their pool.
create or replace function may_read_case(c uuid, community uuid) returns boolean
  language plpgsql stable security definer set search_path = public cost 1000 as $$
declare
  me uuid := current_person();
begin
  if exists (select from case_reader r where r.case_id = c and r.person_id = me) then return true; end if;
  if exists (select from task t join role_grant g on g.role = t.pool and g.person_id = me
                and (g.community_id is null or g.community_id = t.community_id)
             where t.case_id = c and t.state in ('open', 'completing') and t.claimed_by is null
               and not (me = any (t.never))) then return true; end if;
  if c in (select my_asked_cases()) then return true; end if;
  if exists (select from role_grant g join role r on r.key = g.role
             where g.person_id = me and g.community_id = community and verb_matches(r.may, 'case.read')) then return true; end if;
  if not may('case.read') then return false; end if;
  return community is null or exists (select from record.community k where k.id = community);
end $$;

-- What the policies task_see and task_act ask together, of one task.
create function may_act_on_task(t task) returns boolean
  language plpgsql stable security definer set search_path = public cost 1000 as $$
declare
  me uuid := current_person();
begin
  if t.holder = me then return true; end if;
  if t.claimed_by is null and not (me = any (t.never)) and exists (select from role_grant g where g.person_id = me and g.role = t.pool
      and (g.community_id is null or g.community_id = t.community_id)) then return true; end if;
  -- Whoever added its holder may leave them out again.
  return (t.community_id in (select my_communities('task.reassign')) or (t.community_id is null and may('task.reassign'))
      or coalesce(t.explanation ->> 'policy' = 'added' and t.explanation ->> 'by' = me::text, false))
    and (coalesce(t.closed_by = me, false) or may_read_case(t.case_id, t.community_id)
      or (not (me = any (t.never)) and exists (select from role_grant g where g.person_id = me and g.role = t.pool
        and (g.community_id is null or g.community_id = t.community_id))));
end $$;

-- The case and the task for an act on them: locked, as they are then, if the asking person may act on both. The policies say the same, but
-- of one row Postgres would also ask which cases the person has ever read, and which wait in their pools.
create function lock_case(asked uuid) returns setof "case"
  language plpgsql volatile security definer rows 1 set search_path = public as $$
declare
  found_case "case";
begin
  select * into found_case from "case" k where k.id = asked for no key update;
  if not found then return; end if;
  if found_case.initiator = current_person() or may_read_case(found_case.id, found_case.community_id) then
    return next found_case;
  end if;
end $$;
create function lock_task(asked text) returns table (c "case", t task)
  language plpgsql volatile security definer rows 1 set search_path = public as $$
begin
  select k.* into c from lock_case((select x.case_id from task x where x.id = asked)) k;
  if not found then return; end if;
  select x.* into t from task x where x.id = asked for no key update;
  if may_act_on_task(t) then return next; end if;
end $$;
revoke execute on function lock_case(uuid), lock_task(text) from public;
grant execute on function lock_case(uuid), lock_task(text) to guanjia_app;

-- Gives a command its number in the case and the task it is about, and tells the lowest number that waits; no row where `most` wait
-- already or one that bears no other, and none for who may not act on the case. As row security would say, which Postgres sets up four times for the two updates.
create function number_command(command uuid, c uuid, task_id text, most int) returns table (n int, lowest int)
  language plpgsql volatile security definer rows 1 set search_path = public as $$
declare
  waiting int;
begin
  select p.waiting, p.lowest into waiting, lowest from pending_commands(c) p where not p.exclusive;
  if not found or waiting >= most then return; end if;
  update "case" k set last_n = k.last_n + 1
    where k.id = c and (k.initiator = current_person() or may_read_case(k.id, k.community_id)) returning k.last_n into n;
  if not found then return; end if;
  if task_id is not null then
    update task t set state = 'completing', command_id = command where t.id = task_id and may_act_on_task(t);
  end if;
  return next;
end $$;
revoke execute on function may_act_on_task(task), number_command(uuid, uuid, text, int) from public;
grant execute on function may_act_on_task(task), number_command(uuid, uuid, text, int) to guanjia_app, guanjia_engine;

-- ------------------------------------------------------------------------------------------------- notifications that stay in the product
-- As before, and quicker where nobody of those told has an address.
create or replace function queue_outbound() returns trigger language plpgsql security definer set search_path = public as $$
declare
  house_language text;
begin
  if not exists (select from fresh n join notice_rule r on r.kind = n.kind
      join person p on p.id = n.person_id and (p.employee_id is not null or p.party_id is not null)) then return null; end if;
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
