/**
 * Row security of a record table: who sees a record, who writes one. The app's role gets what the asking person may do; the
 * engine's role sees all, because a case's outcome is decided already (protocol.md rule 5). History has no grants at all.
 */
import { childTable, literal, quote, recordTable, toColumn } from './names.ts';
import type { CompiledForm } from './types.ts';

export function policies(form: CompiledForm): string[] {
  const children = form.fields
    .filter((field) => field.kind === 'table')
    .map((field) => childTable(form.table, field.name));
  return [
    ...secure(form.table, {
      see: form.kind === 'case' ? seeCase(form) : seeRegister(form),
      add: form.kind === 'case' ? `created_by = (select public.current_person())` : addToRegister(form),
      change: form.kind === 'case' ? null : writeRegister(form, ''),
      remove: null,
    }),
    ...children.flatMap((child) => {
      const parent = (condition: string): string =>
        `exists (select from ${recordTable(form.table)} p where p.id = record_id and ${condition})`;
      const write = parent(
        form.kind === 'case' ? 'p.created_by = (select public.current_person())' : writeRegister(form, 'p.'),
      );
      const change = form.kind === 'case' ? null : write;
      return secure(child, { see: parent('true'), add: write, change, remove: change });
    }),
  ];
}

/** SQL conditions; null: the app's role has no such right. */
interface Rights {
  see: string;
  add: string;
  change: string | null;
  remove: string | null;
}

function secure(name: string, rights: Rights): string[] {
  const table = recordTable(name);
  const made: [string, string][] = [
    ['see', `for select to guanjia_app using (${rights.see})`],
    ['add', `for insert to guanjia_app with check (${rights.add})`],
    ...one('change', rights.change, (when) => `for update to guanjia_app using (${when}) with check (${when})`),
    ...one('remove', rights.remove, (when) => `for delete to guanjia_app using (${when})`),
    ['engine_all', 'to guanjia_engine using (true) with check (true)'],
  ];
  const may = ['select', 'insert', ...one('update', rights.change), ...one('delete', rights.remove)].flat();
  return [
    `alter table ${table} enable row level security`,
    ...['see', 'add', 'change', 'remove', 'engine_all'].map(
      (policy) => `drop policy if exists ${quote(policy)} on ${table}`,
    ),
    ...made.map(([policy, text]) => `create policy ${quote(policy)} on ${table} ${text}`),
    `revoke all on ${table} from guanjia_app`,
    `grant ${may.join(', ')} on ${table} to guanjia_app`,
    `grant select, insert, update, delete on ${table} to guanjia_engine`,
  ];
}

function one(name: string, condition: string | null): string[];
function one(name: string, condition: string | null, text: (when: string) => string): [string, string][];
function one(name: string, condition: string | null, text?: (when: string) => string): unknown[] {
  if (condition === null) return [];
  return text === undefined ? [name] : [[name, text(condition)]];
}

function seeCase(form: CompiledForm): string {
  const community = form.local === true ? 'community_id' : 'null::uuid';
  return `created_by = (select public.current_person()) or public.may_read_case(id, ${community})`;
}

function seeRegister(form: CompiledForm): string {
  return [byVerb(form, 'record.read', ''), ...byOwnership(form)].join(' or ');
}

function writeRegister(form: CompiledForm, prefix: string): string {
  if (form.schema['x-write'] === 'company') return `(select public.may(${literal(`record.write:${form.key}`)}))`;
  return reach(form, 'record.write', prefix);
}

/** A new party has no unit yet: whoever keeps the parties of any community may add one. */
function addToRegister(form: CompiledForm): string {
  if (form.communities !== byUnits) return writeRegister(form, '');
  return `(select public.may_anywhere(${literal(`record.write:${form.key}`)}))`;
}

function byVerb(form: CompiledForm, what: string, prefix: string): string {
  return form.local === false
    ? `(select public.may_anywhere(${literal(`${what}:${form.key}`)}))`
    : reach(form, what, prefix);
}

/** x-communities of the parties themselves. */
export const byUnits = 'units';

/**
 * SQL: whether the asking person's right `what` (a verb without its key) reaches a record. `prefix` stands before its columns. A right held
 * in a community reaches what belongs there; what belongs to the company needs one held company-wide.
 */
export function reach(form: CompiledForm, what: string, prefix: string): string {
  const verb = literal(`${what}:${form.key}`);
  const mine = `(select public.my_communities(${verb}))`;
  if (form.local === true) return `${prefix}community_id in ${mine}`;
  const everywhere = `(select public.may(${verb}))`;
  // A community that is being made is in no snapshot yet, so the company-wide right is asked too.
  if (form.local === 'self') return `(${everywhere} or ${prefix}id in ${mine})`;
  if (form.communities === null) return everywhere;
  if (form.communities === byUnits) return `(${everywhere} or ${prefix}id in (select public.my_parties(${verb})))`;
  return `(${everywhere} or ${prefix}${quote(toColumn(form.communities))} in ${mine})`;
}

function byOwnership(form: CompiledForm): string[] {
  const { unit, party, community } = form.owners;
  return [
    ...(unit === undefined ? [] : [`${quote(toColumn(unit))} in (select public.my_units())`]),
    ...(party === undefined ? [] : [`${quote(toColumn(party))} = (select public.my_party())`]),
    ...(community === undefined
      ? []
      : [`${community === 'id' ? 'id' : 'community_id'} in (select public.my_unit_communities())`]),
  ];
}
