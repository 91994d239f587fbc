/**
 * The SQL that makes the tables of a form type, in two halves: `tables` first for all form types that are published together,
 * then `links`, whose foreign keys may run in circles. Names come from names.ts alone; run as guanjia_publisher.
 */
import { childTable, historyTable, literal, quote, recordTable, shortName, toColumn } from './names.ts';
import { policies } from './policies.ts';
import type { Column, CompiledForm, FieldInfo, NamedConstraint } from './types.ts';

export interface Ddl {
  tables: string[];
  links: string[];
}

export function createForm(form: CompiledForm): Ddl {
  const own = form.fields.flatMap((field) => field.columns);
  return {
    tables: [
      `create table ${recordTable(form.table)} (${[...systemColumnsSql(form), ...own.map(columnSql)].join(', ')})`,
      ...history(form.table),
      `create trigger touch before update on ${recordTable(form.table)} for each row execute function public.touch_record()`,
      ...form.fields.flatMap((field) => choiceCheck(form.table, field)),
      ...form.fields.filter(isTable).flatMap((field) => createChild(form, field)),
    ],
    links: [
      ...systemLinks(form),
      ...form.fields.flatMap((field) => fieldLinks(form, field)),
      ...upkeep(form),
      ...form.constraints.flatMap((each) => addConstraint(form, each)),
    ],
  };
}

/** What every publishing makes anew or leaves when it is there: row security, search indexes. */
export function upkeep(form: CompiledForm): string[] {
  return [...policies(form), ...searchIndexes(form)];
}

export function createChild(form: CompiledForm, field: FieldInfo): string[] {
  const table = childTable(form.table, field.name);
  const columns = field.rows.flatMap((row) => row.columns);
  return [
    `create table ${recordTable(table)} ("id" uuid primary key default uuidv7(), "record_id" uuid not null references ${recordTable(form.table)} on delete cascade, "ordinal" integer not null${columns.map((each) => `, ${columnSql(each)}`).join('')})`,
    `create index ${quote(shortName(table, 'record_id'))} on ${recordTable(table)} ("record_id", "ordinal")`,
    ...history(table),
    ...field.rows.flatMap((row) => choiceCheck(table, row)),
  ];
}

/** Foreign keys and their indexes of one field, of its rows when it is a sub-table. */
export function fieldLinks(form: CompiledForm, field: FieldInfo): string[] {
  if (isTable(field)) return field.rows.flatMap((row) => link(childTable(form.table, field.name), row));
  return link(form.table, field);
}

export function columnSql(column: Column): string {
  return `${quote(column.name)} ${column.type}`;
}

/** A named check, so that another version can replace it. */
export function choiceCheck(table: string, field: FieldInfo): string[] {
  return field.columns.flatMap((column) =>
    column.check === undefined
      ? []
      : [
          `alter table ${recordTable(table)} add constraint ${quote(choiceName(table, column))} check (${column.check})`,
        ],
  );
}

export function choiceName(table: string, column: Column): string {
  return shortName(table, column.name, 'choice');
}

export function addConstraint(form: CompiledForm, { name, constraint }: NamedConstraint): string[] {
  const table = recordTable(form.table);
  const column = (field: string): string => quote(toColumn(field));
  switch (constraint.kind) {
    case 'unique': {
      const within = form.local === true && constraint.within !== 'company' ? ['"community_id"'] : [];
      const columns = [...within, ...constraint.fields.map(column)].join(', ');
      return [`create unique index ${quote(name)} on ${table} (${columns}) where deleted_at is null`];
    }
    case 'noOverlap': {
      const [from, to] = [column(constraint.from), column(constraint.to)];
      const same = constraint.same.map((field) => `${column(field)} with =`).join(', ');
      return [
        `alter table ${table} add constraint ${quote(orderName(name))} check (${from} <= ${to})`,
        `alter table ${table} add constraint ${quote(name)} exclude using gist (${same}, daterange(${from}, ${to}, '[)') with &&) where (deleted_at is null)`,
      ];
    }
    case 'sharesSumTo1': {
      const args = [constraint.of, constraint.share, constraint.from, constraint.to].map((field) =>
        literal(toColumn(field)),
      );
      return [
        `create constraint trigger ${quote(name)} after insert or update or delete on ${table} deferrable initially deferred for each row execute function public.shares_sum_to_1(${args.join(', ')})`,
      ];
    }
    case 'compare':
      return [
        `alter table ${table} add constraint ${quote(name)} check (${column(constraint.left)} ${compareOps[constraint.op]} ${column(constraint.right)})`,
      ];
  }
}

export function dropConstraint(form: CompiledForm, { name, constraint }: NamedConstraint): string[] {
  const table = recordTable(form.table);
  switch (constraint.kind) {
    case 'unique':
      return [`drop index if exists record.${quote(name)}`];
    case 'sharesSumTo1':
      return [`drop trigger if exists ${quote(name)} on ${table}`];
    case 'noOverlap':
      return [orderName(name), name].map((each) => `alter table ${table} drop constraint if exists ${quote(each)}`);
    case 'compare':
      return [`alter table ${table} drop constraint if exists ${quote(name)}`];
  }
}

/** The check beside an exclusion: a period does not end before it begins. */
export function orderName(name: string): string {
  return shortName(name, 'order');
}

const compareOps = { '<': '<', '<=': '<=', '>': '>', '>=': '>=', '!=': '<>' } as const;

function systemColumnsSql(form: CompiledForm): string[] {
  return [
    '"id" uuid primary key default uuidv7()',
    ...(form.local === true ? ['"community_id" uuid not null'] : []),
    '"form_version" integer not null',
    '"version" integer not null default 1',
    '"created_at" timestamptz not null default now()',
    '"created_by" uuid references public.person',
    '"updated_at" timestamptz not null default now()',
    '"updated_by" uuid references public.person',
    '"deleted_at" timestamptz',
  ];
}

function systemLinks(form: CompiledForm): string[] {
  const table = recordTable(form.table);
  if (form.local !== true) return [];
  return [
    `alter table ${table} add constraint ${quote(shortName(form.table, 'community_id', 'ref'))} foreign key ("community_id") references record."community"`,
    `create index ${quote(shortName(form.table, 'community_id', 'idx'))} on ${table} ("community_id", "id")`,
  ];
}

function link(table: string, field: FieldInfo): string[] {
  const [column] = field.columns;
  if (field.ref === null || column === undefined) return [];
  const name = quote(column.name);
  return [
    `alter table ${recordTable(table)} add constraint ${quote(shortName(table, column.name, 'ref'))} foreign key (${name}) references ${field.ref.schema}.${quote(field.ref.table)} deferrable initially immediate`,
    `create index ${quote(shortName(table, column.name, 'idx'))} on ${recordTable(table)} (${name})`,
  ];
}

function history(table: string): string[] {
  const kept = recordTable(historyTable(table));
  return [
    `create table ${kept} ("n" bigint generated always as identity primary key, "id" uuid not null, "op" text not null, "at" timestamptz not null default now(), "by" uuid, "version" integer, "rev" integer, "old" jsonb not null)`,
    `create index on ${kept} ("id", "n")`,
    `create trigger keep_history after update or delete on ${recordTable(table)} for each row execute function public.keep_history()`,
  ];
}

/** Trigrams: a search of a few characters, Chinese ones too, reads an index. */
function searchIndexes(form: CompiledForm): string[] {
  return form.search.flatMap((path) => {
    const [column] = form.byName.get(path)?.columns ?? [];
    if (column?.type !== 'text') return [];
    const name = quote(shortName(form.table, column.name, 'trgm'));
    return [
      `create index if not exists ${name} on ${recordTable(form.table)} using gin (${quote(column.name)} gin_trgm_ops)`,
    ];
  });
}

function isTable(field: FieldInfo): boolean {
  return field.kind === 'table';
}
