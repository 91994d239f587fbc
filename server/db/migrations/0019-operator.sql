-- What operators do to a case: it may be suspended, or be undone before it is cancelled.
alter table "case" drop constraint case_status_check;
alter table "case" add constraint case_status_check
  check (status in ('starting', 'running', 'suspended', 'cancelling', 'completed', 'cancelled'));

-- Also whether one of them suffers no other beside it (rule 14).
drop function pending_commands(uuid);
create function pending_commands(c uuid) returns table (waiting int, lowest int, exclusive boolean)
  language sql stable security definer set search_path = public
  as $$ select count(*)::int, min(n), coalesce(bool_or(kind in ('modify', 'migrate')), false)
    from command where case_id = c and state = 'pending' $$;
