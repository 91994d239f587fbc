-- What a command's answer is applied with in one trip. Who sees what and who may do what is unchanged.

-- As before, and to whoever may act on the task also who reads the case; null where more goes on in the case than this task, or it waits for
-- something: whoever applies the command's answer then reads the case anew.
drop function lock_task(text);
create function lock_task(asked text) returns table (c "case", t task, readers uuid[])
  language plpgsql volatile security definer rows 1 set search_path = public as $$
begin
  select k.* into c from lock_case((select x.case_id from task x where x.id = asked)) k;
  if not found then return; end if;
  select x.* into t from task x where x.id = asked for no key update;
  if may_act_on_task(t) then
    if not exists (select from task x where x.case_id = t.case_id and x.id <> asked and x.state in ('open', 'completing'))
      and not exists (select from case_await w where w.case_id = t.case_id) then
      readers := array(select distinct r.person_id from case_reader r where r.case_id = t.case_id);
    end if;
    return next;
  end if;
end $$;
revoke execute on function lock_task(text) from public;
grant execute on function lock_task(text) to guanjia_app;

-- As before, and tells how the case's row is known again as long as nobody else has written it.
drop function number_command(uuid, uuid, text, int);
create function number_command(command uuid, c uuid, task_id text, most int) returns table (n int, lowest int, stamp xid)
  language plpgsql volatile security definer rows 1 set search_path = public as $$
declare
  waiting int;
begin
  select p.waiting, p.lowest into waiting, lowest from pending_commands(c) p where not p.exclusive;
  if not found or waiting >= most then return; end if;
  update "case" k set last_n = k.last_n + 1
    where k.id = c and (k.initiator = current_person() or may_read_case(k.id, k.community_id)) returning k.last_n, k.xmin into n, stamp;
  if not found then return; end if;
  if task_id is not null then
    update task t set state = 'completing', command_id = command where t.id = task_id and may_act_on_task(t);
  end if;
  return next;
end $$;
revoke execute on function number_command(uuid, uuid, text, int) from public;
grant execute on function number_command(uuid, uuid, text, int) to guanjia_app, guanjia_engine;

-- Ends a statement that was to write the one row it counts: another was first, and nothing of it counts.
create function expect_row(written bigint) returns boolean language plpgsql volatile as $$
begin
  if written <> 1 then raise exception using errcode = 'GJ001', message = 'the case has moved on'; end if;
  return true;
end $$;
