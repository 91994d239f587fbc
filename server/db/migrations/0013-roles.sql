-- Giving and taking roles on the screen. Nobody gives what they do not have themselves, nor outside the communities in which they have it.
create function may_grant(given text, community uuid) returns boolean
  language sql stable security definer set search_path = public as $$
  select (may('role.grant') or (community is not null and community in (select my_communities('role.grant'))))
     and not exists (select from role r, unnest(r.may) verb where r.key = given
                     and not (may(verb) or (community is not null and community in (select my_communities(verb))))) $$;
alter table role_grant enable row level security;
create policy grant_read on role_grant for select to guanjia_app, guanjia_engine using (true);
create policy grant_give on role_grant for insert to guanjia_app with check (granted_by = current_person() and may_grant(role, community_id));
create policy grant_take on role_grant for delete to guanjia_app using (may_grant(role, community_id));
grant insert, delete on role_grant to guanjia_app;
