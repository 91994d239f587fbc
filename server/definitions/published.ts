/**
 * Published flows with their forms, compiled, by version. A published version never changes, so it is kept for the life of the
 * process; which version is current is asked each time.
 */
import { sql, type Kysely } from 'kysely';
import { compileForm } from '../../forms/compile.ts';
import type { LoadedForm } from '../db/records/form-store.ts';
import { formulasOf, valueTypesOf } from '../db/records/formulas.ts';
import { isHandlerKey } from '../../workflows/engine/catching.ts';
import { compile, type Compiled } from '../../workflows/engine/compile.ts';
import type { Flow, Step } from '../../workflows/engine/flow.gen.ts';
import { walk } from '../../workflows/engine/tree.ts';
import type { FlowRef, LoadedFlow } from '../../workflows/engine/types.ts';
import type { Database } from '../db/tables/index.ts';
import { AppError } from '../errors.ts';

export interface PublishedFlow extends FlowRef {
  definition: Flow;
  loaded: LoadedFlow;
  /** Fields that the engine's expressions mention (protocol.md rule 16). */
  mentioned: ReadonlySet<string>;
  /** Of sub-tables among them the columns. */
  columns: Compiled['columns'];
  /** Working calendars that it names. */
  calendars: ReadonlySet<string>;
  /** The version of the form type that the flow's version was published with. */
  form: LoadedForm;
  /** In document order. */
  steps: ReadonlyMap<string, PublishedStep>;
}
interface PublishedStep {
  step: Step;
  /** Nesting of branches, 0 at the top. */
  depth: number;
  /** The branches it stands in, outermost first; none at the top. */
  branches: readonly string[];
}

interface Row {
  flow: string;
  version: number;
  definition: Flow;
  sha256: string;
  form_version: number;
  schema: unknown;
  layout: unknown;
}

const cache = new WeakMap<object, Map<string, Promise<PublishedFlow>>>();

/** `via`: the open transaction of the caller, so that nobody waits for a second connection. @throws AppError not_found */
export function getFlow(
  db: Kysely<Database>,
  { key, version }: { key: string; version: number },
  via: Kysely<Database> = db,
): Promise<PublishedFlow> {
  const known = cache.get(db) ?? new Map<string, Promise<PublishedFlow>>();
  cache.set(db, known);
  const name = `${key} ${version}`;
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  const loading = load(via, key, version);
  known.set(name, loading);
  loading.catch(() => known.delete(name));
  return loading;
}

/** @throws AppError not_found */
export async function getCurrentFlow(db: Kysely<Database>, key: string): Promise<PublishedFlow> {
  const row = await db.selectFrom('flow').select('current_version').where('key', '=', key).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', 404);
  return getFlow(db, { key, version: row.current_version });
}

async function load(db: Kysely<Database>, key: string, version: number): Promise<PublishedFlow> {
  const { rows } = await sql<Row>`
    select v.flow, v.version, v.definition, v.sha256, v.form_version, f.schema, f.layout
    from flow_version v join flow w on w.key = v.flow join form_version f on f.form = w.form and f.version = v.form_version
    where v.flow = ${key} and v.version = ${version}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new AppError('not_found', 404);
  const form: LoadedForm = { ...compileForm(row.schema, row.layout), version: row.form_version };
  const ref: FlowRef = { key, version, sha256: row.sha256 };
  return readyFlow(ref, row.definition, form);
}

/** A definition that was checked, ready to be used. */
export function readyFlow(ref: FlowRef, definition: Flow, form: LoadedForm): PublishedFlow {
  // The file it came from is much larger than what it does, and runs in no case.
  const { bpmn: _, ...does } = definition;
  const loaded: LoadedFlow = { ...ref, definition: does, ...whatEngineNeeds(form) };
  const { mentioned, columns, calendars } = compile(loaded);
  return {
    ...ref,
    definition,
    loaded,
    mentioned,
    columns,
    calendars,
    form,
    steps: new Map(
      [...walk(definition)].map(({ step, path }) => {
        // A handler of the flow itself is a branch too, of no step.
        const inside = path.filter(({ owner, branch }) => owner !== null || isHandlerKey(branch));
        const branches = inside.map(({ owner, branch }) => `${owner ?? ''} ${branch}`);
        return [step.id, { step, depth: branches.length, branches }];
      }),
    ),
  };
}

/** The form's formulas, and the kinds of fields whose JSON is not what FEEL compares. */
function whatEngineNeeds(form: LoadedForm): Pick<LoadedFlow, 'formulas' | 'types'> {
  return { formulas: Object.fromEntries(formulasOf(form.fields)), types: valueTypesOf(form.fields) };
}
