-- Cases that steps of other cases start and wait for: who called whom, and what each has to tell the other.

-- Written with the delta of the case that calls, before anything is started. The id of the called case comes from both, so that it is
-- started once (protocol.md rule 10); it may not be there yet, or never.
create table case_call (
  child uuid primary key,
  parent uuid not null references "case",
  effect int not null, -- of the engine
  step text not null,
  flow text not null, -- the called one
  waits boolean not null,
  depth int not null, -- how many calls led to it
  cancel_at timestamptz, -- nobody waits for it any more
  cancelled_at timestamptz, -- its command to cancel is there, or there is nothing to cancel
  created_at timestamptz not null default now(),
  unique (parent, effect)
);
create index case_call_cancel on case_call (cancel_at) where cancel_at is not null and cancelled_at is null;

-- What a case tells the one that waits for it, written with its own delta: what it escalates, and its end. Told in their order, each once.
create table call_notice (
  child uuid not null references case_call,
  rev int not null, -- of the child
  n int not null,
  kind text not null check (kind in ('escalated', 'ended')),
  code text, -- of the escalation, of the error it ended with
  state text not null default 'pending' check (state in ('pending', 'told', 'missed', 'refused')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  primary key (child, rev, n)
);
create unique index call_notice_end on call_notice (child) where kind = 'ended';
create index call_notice_due on call_notice (next_at) where state = 'pending';

alter table case_call enable row level security;
-- Who reads one of the two knows that there is another; what it is the policies of the case decide.
create policy call_read on case_call for select to guanjia_app
  using (exists (select from "case" c where c.id = parent) or exists (select from "case" c where c.id = child));
create policy engine_all on case_call to guanjia_engine using (true) with check (true);
alter table call_notice enable row level security;
create policy engine_all on call_notice to guanjia_engine using (true) with check (true);
grant select on case_call to guanjia_app;
grant select, insert, update, delete on case_call, call_notice to guanjia_engine;
