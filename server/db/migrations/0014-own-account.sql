-- One's own sessions on the screen: which device each is, and a name for it that is not its token.
alter table session
  add column id uuid not null default gen_random_uuid() unique,
  add column user_agent text;

-- The telephone number that the company has of the asking person, wherever their register is: they may know it, whatever else they may read.
create function my_phone() returns text
  language plpgsql stable security definer set search_path = public as $$
declare
  me record;
  known text;
begin
  select employee_id, party_id into me from person where id = current_person();
  if me.employee_id is not null and to_regclass('record.employee') is not null then
    select phone into known from record.employee where id = me.employee_id and deleted_at is null;
  end if;
  if known is null and me.party_id is not null and to_regclass('record.party') is not null then
    select phone into known from record.party where id = me.party_id and deleted_at is null;
  end if;
  return known;
exception when undefined_column then
  return null; -- a form type whose administrator took the field away
end $$;
