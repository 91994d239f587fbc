-- What the flow language learned: tasks offer some of their step's outcomes, and their clock may stand.
alter table task
  add column outcomes text[], -- those offered now; null: all of the step
  add column paused_at timestamptz,
  add column paused_until timestamptz, -- goes on by itself then
  add constraint task_paused check ((paused_at is null) = (paused_until is null));
-- Turns: whose last task of a role is oldest (protocol.md rule 17).
create index task_holder_opened on task (holder, opened_at desc) where holder is not null;
