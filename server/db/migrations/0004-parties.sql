-- Parties belong to the company, and the rights to write and unmask them are held in communities too: a right reaches the parties that own
-- or rent a unit where it is held (today or from some day on), and a party that the person added and nobody has given a unit yet.
create function my_parties(verb text) returns setof uuid
  language plpgsql stable security definer set search_path = public as $$
begin
  return query
    select o.party from record.ownership o
     where o.deleted_at is null and (o.to_date is null or o.to_date > current_date) and o.community_id in (select my_communities(verb))
    union
    select t.party from record.tenancy t
     where t.deleted_at is null and (t.to_date is null or t.to_date > current_date) and t.community_id in (select my_communities(verb))
    union
    select p.id from record.party p
     where p.created_by = current_person() and may_anywhere(verb)
       and not exists (select from record.ownership o where o.party = p.id)
       and not exists (select from record.tenancy t where t.party = p.id);
end $$;
