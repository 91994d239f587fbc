-- Finding cases by what stands in them. The index holds one row a case and part: its head (number, title, people), what was said, and
-- each field of its record, so that a search can look only where its reader may. The texts are made by the server
-- (server/cases/search/index-cases.ts); triggers only note which cases are to be read again.
set check_function_bodies = off;

create table case_search (
  case_id uuid not null references "case",
  part text not null, -- 'head', 'talk', 'phone', or 'field <name>'
  field text, -- of the case's record; null: whoever reads the case may read it
  unmask text, -- form type: a masked value, found by who may unmask that form type where the case is
  grams text not null, -- what is searched: see server/cases/search/grams.ts
  plain text, -- what an excerpt shows; null: nothing to show
  primary key (case_id, part)
);
-- Chinese words of two characters are whole words in `grams`, therefore they have trigrams (" 水管", "水管 ").
create index case_search_grams on case_search using gin (grams gin_trgm_ops);
-- Row security would keep LIKE (not leakproof) from the index: nobody reads the table but search_cases below.
alter table case_search enable row level security;
create policy engine_all on case_search to guanjia_engine using (true) with check (true);

-- Append-only, so that writers never wait for each other; read and emptied by the indexer, which is alone.
create table case_search_due (
  id bigint generated always as identity primary key,
  case_id uuid not null
);

create function search_due_of_row() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into case_search_due (case_id) values (case when tg_table_name = 'case' then (to_jsonb(new) ->> 'id')::uuid
                                                     else (to_jsonb(new) ->> 'case_id')::uuid end);
  return null;
end $$;
create function search_due_of_events() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into case_search_due (case_id) select distinct case_id from fresh;
  return null;
end $$;
create function search_due_of_person() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into case_search_due (case_id) select distinct case_id from case_reader where person_id = new.id;
  return null;
end $$;
create trigger search_due after insert on "case" for each row execute function search_due_of_row();
create trigger search_due_retitled after update of title on "case" for each row
  when (old.title is distinct from new.title) execute function search_due_of_row();
-- Everything that writes the record of a case leaves an event.
create trigger search_due after insert on case_event referencing new table as fresh for each statement execute function search_due_of_events();
create trigger search_due after insert on comment for each row execute function search_due_of_row();
create trigger search_due_held after update of claimed_by, assignee on task for each row
  when (old.claimed_by is distinct from new.claimed_by or old.assignee is distinct from new.assignee) execute function search_due_of_row();
create trigger search_due_renamed after update of display_name on person for each row
  when (old.display_name is distinct from new.display_name) execute function search_due_of_person();
insert into case_search_due (case_id) select id from "case";

-- Where a word stands in cases, for the asking person. `patterns`: LIKE patterns over grams, any of them; `tail`: the end of a masked
-- number, for those who may unmask it. `seen`: "<flow> <version> <step> <field>" of what the steps that the person has or had in
-- hand show, step empty for the start. `among`: only these cases. Whether the person reads the case is for the caller to ask, under
-- row security; here it is asked for fields that not every reader sees.
create function search_cases(patterns text[], tail text, seen text[], among uuid[] default null)
  returns table (case_id uuid, part text, plain text)
  language plpgsql stable security definer rows 500 set search_path = public set plan_cache_mode = force_custom_plan as $$
declare
  me uuid := current_person();
  everything boolean := may('case.read');
  mine uuid[] := array(select my_communities('case.read'));
begin
  if me is null then return; end if;
  return query
    with hit as materialized (
      select s.* from case_search s
       where s.grams like any (patterns) and s.unmask is null and (among is null or s.case_id = any (among))
      union all
      select s.* from case_search s
       where tail is not null and s.grams like tail and s.unmask is not null and (among is null or s.case_id = any (among)))
    select s.case_id, s.part, case when s.unmask is null then s.plain end
    from hit s join "case" c on c.id = s.case_id
    where (s.field is null or everything or c.community_id = any (mine)
           or (c.initiator = me and c.flow || ' ' || c.flow_version || '  ' || s.field = any (seen))
           or exists (select from task t where t.case_id = c.id and (t.holder = me or t.closed_by = me)
                      and c.flow || ' ' || c.flow_version || ' ' || t.step || ' ' || s.field = any (seen)))
      and (s.unmask is null
           or c.community_id in (select my_communities('record.unmask:' || s.unmask))
           or (c.community_id is null and may('record.unmask:' || s.unmask))
           or (s.field is not null and (c.initiator = me
               or exists (select from task t where t.case_id = c.id and t.holder = me and t.state in ('open', 'completing')))));
end $$;

-- Searches a person keeps, with their filters; they follow the person to any browser.
create table saved_view (
  id uuid primary key default uuidv7(),
  person_id uuid not null references person,
  name text not null check (length(name) between 1 and 40),
  query text not null check (length(query) <= 2000), -- the query string of the page's address
  created_at timestamptz not null default now(),
  unique (person_id, name)
);
alter table saved_view enable row level security;
create policy view_own on saved_view to guanjia_app using (person_id = current_person()) with check (person_id = current_person());

create index task_due_open on task (due_at, case_id) where state in ('open', 'completing') and due_at is not null;

revoke execute on function search_cases(text[], text, text[], uuid[]) from public;
grant execute on function search_cases(text[], text, text[], uuid[]) to guanjia_app;
grant select, insert, update, delete on case_search to guanjia_engine;
grant select, delete on case_search_due to guanjia_engine;
grant select, insert, update, delete on saved_view to guanjia_app;
