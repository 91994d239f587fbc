-- The next version of a flow while it is being written; kept with its problems, published when it has none.
create table flow_draft (
  flow text primary key,
  definition jsonb not null,
  updated_by uuid references person,
  updated_at timestamptz not null default now()
);
grant select on flow_draft to guanjia_app;
grant insert, update, delete on flow_draft to guanjia_app;
