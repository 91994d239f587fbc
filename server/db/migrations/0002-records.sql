-- What record tables lean on: triggers, the rights of the role that makes them, and questions their row security asks.
-- Run as guanjia_owner, who inherits what the publisher owns, so that security definer functions reach record tables.
set check_function_bodies = off;

-- A person or file that a record refers to is a real foreign key.
grant references on person, file to guanjia_publisher;

-- Every change raises the version, whoever forgets to.
create function touch_record() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end $$;

-- The old row into record._<table>. The person is the asking one, else who the engine says it wrote for; rev is the case's, when
-- an event of a case caused the change.
create function keep_history() returns trigger language plpgsql security definer set search_path = public as $$
declare
  now_row jsonb := case when tg_op = 'UPDATE' then to_jsonb(new) else '{}' end;
begin
  execute format('insert into record.%I (id, op, by, version, rev, old) values ($1, $2, $3, $4, $5, $6)', '_' || tg_table_name)
    using old.id, lower(tg_op), coalesce(current_person(), (now_row ->> 'updated_by')::uuid),
          (to_jsonb(old) ->> 'version')::int,
          nullif(current_setting('guanjia.rev', true), '')::int, to_jsonb(old);
  return null;
end $$;

-- sharesSumTo1(of, share, from, to): at every day on which a period begins or ends, the shares of that `of` sum to 1, or to 0.
-- Between two such days nothing changes, so that is every day.
create function shares_sum_to_1() returns trigger language plpgsql security definer set search_path = public as $$
declare
  subject uuid;
  wrong date;
begin
  foreach subject in array array[
    case when tg_op <> 'INSERT' then (to_jsonb(old) ->> tg_argv[0])::uuid end,
    case when tg_op <> 'DELETE' then (to_jsonb(new) ->> tg_argv[0])::uuid end] loop
    continue when subject is null;
    execute format($q$
      select d.at from (
        select %3$I as at from record.%1$I where %2$I = $1 and deleted_at is null
        union select %4$I from record.%1$I where %2$I = $1 and deleted_at is null and %4$I is not null) d
      where (select coalesce(sum(s.%5$I), 0) from record.%1$I s
              where s.%2$I = $1 and s.deleted_at is null and (s.%3$I is null or s.%3$I <= d.at)
                and (s.%4$I is null or s.%4$I > d.at)) not in (0, 1)
      limit 1 $q$, tg_table_name, tg_argv[0], tg_argv[2], tg_argv[3], tg_argv[1]) into wrong using subject;
    if wrong is not null then
      raise exception using errcode = '23514', message = 'shares do not sum to 1', constraint = tg_name, schema = tg_table_schema,
        table = tg_table_name, detail = wrong::text;
    end if;
  end loop;
  return null;
end $$;

-- Communities in which the asking person has a unit: their name, buildings and entrances are no secret to who lives there.
create function my_unit_communities() returns setof uuid
  language plpgsql stable security definer set search_path = public as $$
begin
  return query select distinct u.community_id from record.unit u where u.id in (select my_units());
end $$;

-- The zone in which a community's days begin; the company's default where there is no community.
create function community_zone(community uuid) returns text
  language plpgsql stable security definer set search_path = public as $$
begin
  return coalesce((select c.time_zone from record.community c where c.id = community), 'Asia/Shanghai');
end $$;
