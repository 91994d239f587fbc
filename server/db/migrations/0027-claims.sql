-- Who had a pool's task in hand, and from when to when: the engine knows nothing of it.
create table task_claim (
  task_id text not null references task,
  case_id uuid not null references "case",
  person_id uuid not null references person,
  from_at timestamptz not null,
  to_at timestamptz check (to_at >= from_at), -- null: as long as the task is open
  primary key (task_id, from_at)
);
create index task_claim_case on task_claim (case_id);
alter table task_claim enable row level security;
create policy claim_read on task_claim for select to guanjia_app
  using (exists (select from "case" c where c.id = case_id)); -- the case's own policy decides
create policy engine_all on task_claim to guanjia_engine using (true) with check (true);
grant select on task_claim to guanjia_app, guanjia_engine;

-- Whoever claims, releases or assigns anew. A claim that an assignment ends was over when that was decided, not when it is written here: it
-- ends with the stretch of time that the decision ended, which stands in the tables by now.
create function keep_claim() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update task_claim c set to_at = greatest(c.from_at, case when new.assignment = old.assignment then now()
      else coalesce((select max(s.to_at) from task_time s where s.task_id = new.id), now()) end)
    where c.task_id = new.id and c.to_at is null;
  if new.claimed_by is not null then
    insert into task_claim (task_id, case_id, person_id, from_at) values (new.id, new.case_id, new.claimed_by, new.claimed_at);
  end if;
  return null;
end $$;
create trigger claim_kept after update of claimed_by on task for each row
  when (old.claimed_by is distinct from new.claimed_by) execute function keep_claim();

-- Claims from before that are not over, and the last one of each task that is.
insert into task_claim (task_id, case_id, person_id, from_at) select id, case_id, claimed_by, claimed_at from task where claimed_by is not null;

-- By which calendar the working time of a stretch was counted; null too for stretches from before it was said.
alter table task_time add column calendar text, add column calendar_version int;

-- Calls that were given up were left pending.
update effect f set state = 'failed', updated_at = now() from case_call l
  where l.parent = f.case_id and l.effect = f.id and l.cancel_at is not null and f.state = 'pending';
