-- What whoever runs the server must know: which interpreters and codec keys are in use, and when the stores were backed up.
-- Only the owner reads and writes here: the api answers after asking for the right `system.read`.

create table build (
  id text primary key, -- hash of the interpreter's sources; Temporal keeps it with every run
  version text not null, -- of the program
  node text not null,
  first_started_at timestamptz not null default now(),
  last_started_at timestamptz not null default now()
);

create table codec_key (
  id text primary key, -- never the key itself
  first_used_at timestamptz not null default now(), -- first time that a process encrypted with it
  last_started_at timestamptz not null default now(), -- last time that a process started with it as the first
  scanned_at timestamptz,
  running_cases int, -- with payloads under it, at scanned_at; null: not looked at yet
  clear_since timestamptz -- first scan, of those without a break, that found no running case under it
);

create table backup (
  id uuid primary key default uuidv7(),
  at timestamptz not null, -- begin: nothing later is in it
  parts jsonb not null, -- [{what, bytes}]
  bytes bigint not null,
  finished_at timestamptz not null default now()
);

-- Ids only: /readyz misses a key that cases still need.
grant select on codec_key to guanjia_app;
