-- Who may act on a task is asked once a transaction: what one function has locked the next one need not ask again. Who sees what and who may
-- do what is unchanged, but that a right withdrawn between the two still counts.

-- As before, in fewer steps. It notes for the rest of the transaction who may act on what, as `guanjia.person` says who acts.
create or replace function lock_task(asked text) returns table (c "case", t task, readers uuid[])
  language plpgsql volatile security definer rows 1 set search_path = public as $$
declare
  me uuid := current_person();
begin
  select k.* into c from "case" k where k.id = (select x.case_id from task x where x.id = asked) for no key update;
  if not found or (c.initiator = me or may_read_case(c.id, c.community_id)) is not true then return; end if;
  select x.* into t from task x where x.id = asked for no key update;
  if may_act_on_task(t) is not true then return; end if;
  perform set_config('guanjia.acting', concat_ws(' ', me, c.id, asked), true);
  if not exists (select from task x where x.case_id = c.id and x.id <> asked and x.state in ('open', 'completing'))
    and not exists (select from case_await w where w.case_id = c.id) then
    readers := array(select distinct r.person_id from case_reader r where r.case_id = c.id);
  end if;
  return next;
end $$;

-- As before; of what `lock_task` has noted nothing is asked again.
create or replace function number_command(command uuid, c uuid, task_id text, most int) returns table (n int, lowest int, stamp xid)
  language plpgsql volatile security definer rows 1 set search_path = public as $$
declare
  me uuid := current_person();
  may_act boolean := coalesce(current_setting('guanjia.acting', true) = concat_ws(' ', me, c, task_id), false);
  waiting int;
begin
  select count(*), min(m.n) into waiting, lowest from command m where m.case_id = c and m.state = 'pending'
    having not coalesce(bool_or(m.kind in ('modify', 'migrate')), false);
  if not found or waiting >= most then return; end if;
  update "case" k set last_n = k.last_n + 1
    where k.id = c and (may_act or k.initiator = me or may_read_case(k.id, k.community_id)) returning k.last_n, k.xmin into n, stamp;
  if not found then return; end if;
  if task_id is not null then
    update task t set state = 'completing', command_id = command where t.id = task_id and (may_act or may_act_on_task(t));
  end if;
  return next;
end $$;
