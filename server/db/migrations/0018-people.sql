-- People who stand in, are asked, or hand over; and who never handles a task.
set check_function_bodies = off; -- functions read record tables that publishing makes

alter table task add column never uuid[] not null default '{}'; -- may not hold, claim or receive it

-- ------------------------------------------------------------------------------------------------- standing in (代理)
create table substitution (
  id uuid primary key default uuidv7(),
  person_id uuid not null references person,
  substitute_id uuid not null references person,
  from_on date not null,
  to_on date, -- the last day; null: until it is ended
  flows text[], -- null: all
  communities uuid[], -- null: all
  created_by uuid not null references person,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  check (person_id <> substitute_id),
  check (to_on is null or to_on >= from_on)
);
create index substitution_person on substitution (person_id) where ended_at is null;
create index substitution_substitute on substitution (substitute_id) where ended_at is null;
alter table substitution enable row level security;
create policy substitution_see on substitution for select to guanjia_app
  using (current_person() in (person_id, substitute_id, created_by) or may_anywhere('task.reassign'));
create policy substitution_give on substitution for insert to guanjia_app
  with check (created_by = current_person() and (person_id = current_person() or may('task.reassign')));
create policy substitution_end on substitution for update to guanjia_app
  using (person_id = current_person() or may('task.reassign'));
create policy engine_all on substitution to guanjia_engine using (true) with check (true);
grant select, insert on substitution to guanjia_app;
grant update (ended_at) on substitution to guanjia_app;
grant select on substitution to guanjia_engine;

-- ------------------------------------------------------------------------------------------------- asking without deciding (沟通)
-- Open as long as nobody has ended it and its task is open.
create table question (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case",
  task_id text not null references task,
  asked_by uuid not null references person,
  body text not null check (length(body) between 1 and 4000),
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create index question_task on question (task_id, created_at);
create table question_person (
  question_id uuid not null references question,
  person_id uuid not null references person,
  answer text check (length(answer) between 1 and 4000),
  answered_at timestamptz,
  primary key (question_id, person_id)
);
create index question_person_person on question_person (person_id);

-- Whoever is asked reads the case while the question is open; whoever never handles the task of a pool does not read it for the pool.
create or replace function may_read_case(c uuid, community uuid) returns boolean
  language sql stable security definer set search_path = public cost 1000 as $$
  select exists (select from case_reader r where r.case_id = c and r.person_id = current_person())
      or exists (select from task t join my_roles() m on m.role = t.pool and (m.community_id is null or m.community_id = t.community_id)
                 where t.case_id = c and t.state in ('open', 'completing') and t.claimed_by is null
                   and not (current_person() = any (t.never)))
      or exists (select from question q join question_person p on p.question_id = q.id join task t on t.id = q.task_id
                 where q.case_id = c and p.person_id = current_person() and q.ended_at is null and t.state in ('open', 'completing'))
      or (community is null and may('case.read')) or community in (select my_communities('case.read')) $$;

-- Asked once a statement, not once a row (0003).
create or replace function my_pooled_cases() returns setof uuid
  language sql stable security definer set search_path = public rows 100 as $$
  select t.case_id from my_roles() m join task t on t.pool = m.role and (m.community_id is null or m.community_id = t.community_id)
   where t.state in ('open', 'completing') and t.claimed_by is null and not (current_person() = any (t.never)) $$;
create function my_asked_cases() returns setof uuid
  language sql stable security definer set search_path = public rows 10 as $$
  select q.case_id from question_person p join question q on q.id = p.question_id join task t on t.id = q.task_id
   where p.person_id = current_person() and q.ended_at is null and t.state in ('open', 'completing') $$;
drop policy case_read on "case";
create policy case_read on "case" for select to guanjia_app using (
  initiator = current_person()
  or community_id in (select my_communities('case.read')) or (community_id is null and (select may('case.read')))
  or exists (select from case_reader r where r.case_id = "case".id and r.person_id = current_person())
  or id in (select my_pooled_cases()) or id in (select my_asked_cases()));

alter table question enable row level security;
create policy question_see on question for select to guanjia_app using (exists (select from "case" c where c.id = case_id));
create policy question_ask on question for insert to guanjia_app
  with check (asked_by = current_person() and exists (select from "case" c where c.id = case_id));
create policy question_end on question for update to guanjia_app using (asked_by = current_person());
create policy engine_all on question to guanjia_engine using (true) with check (true);
alter table question_person enable row level security;
create policy asked_see on question_person for select to guanjia_app using (exists (select from question q where q.id = question_id));
create policy asked_add on question_person for insert to guanjia_app
  with check (exists (select from question q where q.id = question_id and q.asked_by = current_person()));
create policy asked_answer on question_person for update to guanjia_app using (person_id = current_person());
create policy engine_all on question_person to guanjia_engine using (true) with check (true);
grant select, insert on question, question_person to guanjia_app;
grant update (ended_at) on question to guanjia_app;
grant update (answer, answered_at) on question_person to guanjia_app;
grant select on question, question_person to guanjia_engine;

-- ------------------------------------------------------------------------------------------------- tasks: never, and who added signers
drop policy task_see on task;
create policy task_see on task for select to guanjia_app using (
  holder = current_person() or closed_by = current_person()
  or community_id in (select my_communities('case.read')) or (community_id is null and (select may('case.read')))
  or (pool is not null and not (current_person() = any (never))
      and exists (select from my_roles() m where m.role = pool and (m.community_id is null or m.community_id = task.community_id)))
  or exists (select from case_reader r where r.case_id = task.case_id and r.person_id = current_person())
  or case_id in (select my_pooled_cases()) or case_id in (select my_asked_cases()));
drop policy task_act on task;
create policy task_act on task for update to guanjia_app using (
  holder = current_person()
  or (pool is not null and claimed_by is null and not (current_person() = any (never))
      and exists (select from my_roles() m where m.role = pool and (m.community_id is null or m.community_id = task.community_id)))
  or community_id in (select my_communities('task.reassign')) or (community_id is null and may('task.reassign'))
  -- whoever added its holder may leave them out again
  or (explanation ->> 'policy' = 'added' and explanation ->> 'by' = current_person()::text));

-- ------------------------------------------------------------------------------------------------- handing over a leaver's work (离职转办)
create table hand_over (
  id uuid primary key default uuidv7(),
  person_id uuid not null references person,
  created_by uuid not null references person,
  created_at timestamptz not null default now()
);
create table hand_over_task (
  hand_over_id uuid not null references hand_over,
  task_id text not null references task,
  to_person uuid references person, -- null: back to the pool it was taken from
  state text not null default 'pending' check (state in ('pending', 'done', 'failed')),
  code text, -- why it failed
  primary key (hand_over_id, task_id)
);
alter table hand_over enable row level security;
create policy hand_over_own on hand_over to guanjia_app
  using (may_anywhere('task.reassign')) with check (created_by = current_person() and may_anywhere('task.reassign'));
alter table hand_over_task enable row level security;
create policy hand_over_task_own on hand_over_task to guanjia_app
  using (exists (select from hand_over h where h.id = hand_over_id));
grant select, insert on hand_over, hand_over_task to guanjia_app;
grant update (state, code) on hand_over_task to guanjia_app;
