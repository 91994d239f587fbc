/**
 * Fills panels. What a panel shows of cases its holders see by the panel itself, in the communities in which they hold its role, and no field
 * more: HR reads who is away without reading why. Registers stay under row security.
 */
import type { Static } from 'typebox';
import { maskFields } from '../../forms/mask.ts';
import type { Values } from '../../forms/types.ts';
import { readDecider } from '../commands/facts.ts';
import type { Decider } from '../commands/may-decide.ts';
import { valueOf, type Names } from '../commands/prepare/expressions.ts';
import { readActor, readZone } from '../commands/prepare/names.ts';
import { asEngine, asPerson, type Db, type Tx } from '../db/as.ts';
import { loadForm, recordLabels, type LoadedForm } from '../db/records/index.ts';
import { ask, sumBy, type Test } from '../db/records/question.ts';
import { readPanelSources, type PanelSource } from './content.ts';
import type { Panel, PanelRow } from './schemas.ts';

type Row = Static<typeof PanelRow>;
type Actor = Awaited<ReturnType<typeof readActor>>;

export interface Asked {
  personId: string;
  at: PanelSource['at'];
  /** Null: wherever the person holds the panel's role. */
  community: string | null;
}

const mostRows = 200;

export async function readPanels(db: Db, { personId, at, community }: Asked): Promise<Static<typeof Panel>[]> {
  const decider = await asPerson(db, personId, (tx) => readDecider(tx, personId));
  const wanted = readPanelSources().filter((source) => source.at === at);
  const panels: Static<typeof Panel>[] = [];
  for (const source of wanted) {
    const where = reachOf(decider, source, community);
    if (where !== undefined) panels.push(...(await fill(db, source, { decider, communities: where })));
  }
  return panels;
}

interface Reach {
  decider: Decider;
  /** Null: all. */
  communities: string[] | null;
}

/** Undefined: not theirs to see there. */
function reachOf(
  { grants }: Decider,
  { who, own }: PanelSource,
  community: string | null,
): string[] | null | undefined {
  const places = grants.filter(({ role }) => who.includes(role)).map((grant) => grant.community);
  if (places.length === 0) return undefined;
  if (own !== undefined) return null;
  const isEverywhere = places.includes(null);
  if (community === null) return isEverywhere ? null : places.filter((place) => place !== null);
  return isEverywhere || places.includes(community) ? [community] : undefined;
}

async function fill(db: Db, source: PanelSource, reach: Reach): Promise<Static<typeof Panel>[]> {
  const form = await loadForm(db, source.form).catch(() => undefined);
  if (form === undefined || !isTheirs(form, source, reach)) return [];
  const names = await asEngine(db, (tx) => readNames(tx, reach));
  const { actor } = names;
  const own = source.own === undefined ? undefined : selfAs(form, source.own, actor);
  if (own === null) return [];
  const byRowSecurity = form.kind === 'register' && source.own === undefined;
  const run = <T>(read: (tx: Tx) => Promise<T>): Promise<T> =>
    byRowSecurity ? asPerson(db, actor.id, read) : asEngine(db, read);
  const rows = await run((tx) => readRows(tx, { form, source, names, communities: reach.communities, own }));
  const { key, title, empty, start = null } = source;
  const shown = { columns: columnsOf(source), summed: source.sum !== undefined };
  return [{ key, title, empty, start, ...shown, form: definitionOf(form), rows: await link(db, actor.id, form, rows) }];
}

/** A form of the whole company has nothing of one community to show. */
function isTheirs(form: LoadedForm, { own }: PanelSource, { communities }: Reach): boolean {
  return form.kind === 'register' || own !== undefined || form.local !== false || communities === null;
}

async function readNames(tx: Tx, { decider, communities }: Reach): Promise<Names & { actor: Actor }> {
  const [first = null] = communities ?? [];
  const actor = await readActor(tx, decider, null);
  return { actor, values: new Map([['person', actor]]), now: Date.now(), zone: await readZone(tx, first) };
}

/** The value of a field that means the person; null: they are none. */
function selfAs(form: LoadedForm, name: string, { id, employee, party }: Actor): Test | null {
  const field = form.byName.get(name);
  const selves: Partial<Record<string, string | null>> = { employee, party };
  const value = field?.kind === 'person' ? id : (selves[field?.ref?.form ?? ''] ?? null);
  return value === null ? null : { field: name, op: '=', value };
}

interface Reading {
  form: LoadedForm;
  source: PanelSource;
  names: Names;
  communities: string[] | null;
  own: Test | undefined;
}
type Found = { id: string | null } & Omit<Row, 'caseId'>;

async function readRows(tx: Tx, { form, source, names, communities, own }: Reading): Promise<Found[]> {
  const tests = (source.where ?? []).map((test, i) => ({
    ...test,
    value: valueOf({ at: `panels.${source.key}.where.${i}`, text: test.value }, names),
    isNull: test.value.trim() === 'null',
  }));
  const question = { where: own === undefined ? tests : [own, ...tests], order: source.order };
  const from = { communityId: communities, caseId: null, zone: names.zone };
  const records =
    source.sum === undefined
      ? ((await ask(tx, form, { ...question, take: 'list' }, from)) as Values[])
      : await sumBy(tx, form, { ...question, by: source.show, sum: source.sum }, from);
  const shown = records
    .slice(0, mostRows)
    .map((record) => ({ id: record.id ?? null, values: pick(record, columnsOf(source)) }));
  const masked = shown.map(({ values }) => (own === undefined ? maskFields(form, values) : values));
  const labels = await recordLabels(tx, form, masked);
  const found = shown.map(({ id }, i) => ({
    id: id as string | null,
    fields: masked[i] ?? {},
    labels: labelsIn(masked[i], labels),
  }));
  return source.sum === undefined ? found : found.toSorted(byNames(source.show));
}

/** As people look names up: 陈 before 林 before 周. */
const pinyin = new Intl.Collator('zh-CN');

function byNames(columns: readonly string[]): (a: Found, b: Found) => number {
  const name = ({ fields, labels }: Found): string =>
    columns.map((column) => labels[String(fields[column])] ?? String(fields[column])).join(' ');
  return (a, b) => pinyin.compare(name(a), name(b));
}

function columnsOf({ show, sum }: PanelSource): string[] {
  return sum === undefined ? show : [...show, sum];
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]));
}

function labelsIn(values: Values = {}, labels: Record<string, string>): Record<string, string> {
  const named = Object.values(values)
    .flatMap((value): unknown => value)
    .filter((value) => typeof value === 'string')
    .filter((id) => Object.hasOwn(labels, id));
  return Object.fromEntries(named.map((id) => [id, labels[id] ?? '']));
}

function definitionOf({ key, version, schema, layout }: LoadedForm): Static<typeof Panel>['form'] {
  return { key, version, schema: { ...schema }, layout: { ...layout } };
}

/** Which of them the person may open. */
async function link(db: Db, personId: string, form: LoadedForm, rows: Found[]): Promise<Row[]> {
  const ids = rows.map(({ id }) => id).filter((id) => id !== null);
  const readable =
    form.kind === 'case' && ids.length > 0
      ? await asPerson(db, personId, (tx) => tx.selectFrom('case').select('id').where('id', 'in', ids).execute())
      : [];
  const open = new Set(readable.map((row) => row.id));
  return rows.map(({ id, ...row }) => ({ ...row, caseId: id !== null && open.has(id) ? id : null }));
}
