-- A service step that waits until whoever it asked calls back: one row for each effect that made an address to call.
create table callback (
  case_id uuid not null,
  effect int not null,
  token_hash bytea not null unique, -- SHA-256 of what is in the address; the token itself is nowhere
  key_id text not null, -- of the server's key that the token was derived by: asked again, the step gives the same address
  activity text not null, -- whose output schema the body has to fit
  expect jsonb not null, -- what the step says of the body besides, as JSON Schema
  expires_at timestamptz not null,
  asked_at timestamptz, -- since when the other side knows the address for sure
  -- received: with a body that the case takes. expired: nobody called in time. closed: the case went on without it.
  state text not null default 'open' check (state in ('open', 'received', 'expired', 'closed')),
  body jsonb, -- emptied when the case has it: then it is in the effect
  body_hash bytea, -- of the first: the same again is answered alike
  received_at timestamptz,
  attempts int not null default 0,
  next_at timestamptz not null, -- of an open one when it expires; else when the case is woken next
  created_at timestamptz not null default now(),
  primary key (case_id, effect),
  foreign key (case_id, effect) references effect
);
create index callback_due on callback (next_at) where state <> 'closed';

alter table callback enable row level security;
create policy engine_all on callback to guanjia_engine using (true) with check (true);
grant select, insert, update, delete on callback to guanjia_engine;
