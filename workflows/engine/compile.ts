/**
 * Makes a published flow ready to run: every step by id with its place in the tree, every expression prepared, and the fields
 * the engine must hold. Compiled flows are frozen and cached; they are the same for every case of a version.
 */
import {
  calendarsOf,
  partsOf,
  partsOfHandlers,
  ROOT,
  stepsOf,
  walk,
  type Compensation,
  type StepInfo,
  type StepsById,
} from './tree.ts';
import { prepare, type FeelProblem, type Prepared } from './feel-syntax.ts';
import type { Flow, Sequence } from './flow.gen.ts';
import { mentionsOf, type Mentions } from './mentions.ts';
import type { BranchKey } from './state.ts';
import type { FlowRef, LoadedFlow, StepId, ValueType } from './types.ts';
import { must } from './unreachable.ts';

/** What the engine holds of a record is `mentioned`: personal data it does not reason about never enters. */
export interface Compiled extends Mentions {
  ref: FlowRef;
  flow: Flow;
  steps: StepsById;
  formulas: ReadonlyMap<string, Prepared>;
  types: Record<string, ValueType>;
  expressions: ReadonlyMap<string, Prepared>;
  /** Working calendars that it names. */
  calendars: ReadonlySet<string>;
  /** Expressions that do not parse; `check` reports them before a flow is published. */
  problems: readonly FeelProblem[];
}

const cache = new Map<string, Compiled>();
const CACHE_SIZE = 200;

/** Compiles a version once; the hash names the definition, so the cache cannot be stale. */
export function compile(loaded: LoadedFlow): Compiled {
  const key = `${loaded.key}:${String(loaded.version)}:${loaded.sha256}`;
  const known = cache.get(key);
  if (known) return known;
  const compiled = build(loaded);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(key, compiled);
  return compiled;
}

function build(loaded: LoadedFlow): Compiled {
  const flow = loaded.definition;
  const steps = stepsOf(flow);
  const { expressions, problems } = prepareAll(flow);
  const formulas = new Map<string, Prepared>();
  for (const [field, text] of Object.entries(loaded.formulas)) {
    const result = prepare(text, null);
    if (result.ok) formulas.set(field, result.prepared);
    else problems.push(result.problem);
  }
  return freeze({
    ref: { key: loaded.key, version: loaded.version, sha256: loaded.sha256 },
    flow,
    steps,
    ...mentionsOf(flow, { steps, expressions, formulas }),
    formulas,
    types: loaded.types ?? {},
    expressions,
    calendars: calendarsOf(flow),
    problems,
  });
}

function prepareAll(flow: Flow): { expressions: Map<string, Prepared>; problems: FeelProblem[] } {
  const expressions = new Map<string, Prepared>();
  const problems: FeelProblem[] = [];
  const inSteps = [...walk(flow)].flatMap(({ step }) => partsOf(step).expressions);
  for (const { text } of [...partsOfHandlers(flow).expressions, ...inSteps]) {
    const result = prepare(text, null);
    if (result.ok) expressions.set(text, result.prepared);
    else problems.push(result.problem);
  }
  return { expressions, problems };
}

/** A step of the compiled flow; throws for an id that is none, which only a broken state can name. */
export function stepInfo(compiled: Compiled, id: StepId | null): StepInfo {
  return must(id === null ? undefined : compiled.steps.get(id), `step ${String(id)}`);
}

/** How a step is undone; null: it is not. */
export function compensationOf(compiled: Compiled, id: StepId): Compensation | null {
  return partsOf(stepInfo(compiled, id).step).compensation;
}

/** The steps of a scope. */
export function sequenceOf(compiled: Compiled, owner: StepId | null, branch: BranchKey | null): Sequence {
  if (owner === null && branch === ROOT) return compiled.flow.steps;
  const { branches = [], handlers } =
    owner === null ? { handlers: partsOfHandlers(compiled.flow).handlers } : partsOf(stepInfo(compiled, owner).step);
  const found = [...branches, ...handlers].find(({ key }) => key === branch);
  return must(found, `sequence ${String(owner)}.${String(branch)}`).steps;
}

function freeze(compiled: Compiled): Compiled {
  deepFreeze(compiled.flow);
  return Object.freeze(compiled);
}

function deepFreeze(value: unknown): void {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
