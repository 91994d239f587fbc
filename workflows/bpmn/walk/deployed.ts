/** Processes of the given files, ready to be walked through. */
import { compile, type Compiled } from '../../engine/compile.ts';
import type { Flow, Step } from '../../engine/flow.gen.ts';
import { partsOf, walk } from '../../engine/tree.ts';
import { importBpmn, passBetween, type ImportedFlow } from '../import.ts';
import { Keys } from '../making.ts';
import type { ImportRefusal } from '../refusal.ts';

export interface Deployed extends ImportedFlow {
  compiled: Compiled;
}
export interface Deployment {
  keys: Keys;
  processes: Deployed[];
}
type Deploying = { ok: true; deployment: Deployment } | { ok: false; refusals: ImportRefusal[] };

/** All of the files, or the refusals of those that cannot be taken over. */
export async function deploy(files: string[]): Promise<Deploying> {
  const keys = new Keys();
  const results = [];
  for (const xml of files) results.push(await importBpmn(xml, keys));
  const refusals = results.flatMap((result) => (result.ok ? [] : result.refusals));
  if (refusals.length > 0) return { ok: false, refusals };
  const flows = results.flatMap((result) => (result.ok ? result.flows : []));
  passBetween(flows);
  return { ok: true, deployment: { keys, processes: flows.map(toDeployed) } };
}

function toDeployed(imported: ImportedFlow, index: number): Deployed {
  const flow = toWalk(imported.flow);
  const loaded = { key: flow.key, version: 1, sha256: `${imported.process}/${index}/${JSON.stringify(flow)}` };
  return { ...imported, flow, compiled: compile({ ...loaded, definition: flow, formulas: {} }) };
}

/** One person walks: whoever begins the case does all of it. */
function toWalk(flow: Flow): Flow {
  const copy = structuredClone(flow);
  for (const { step } of walk(copy)) {
    if (hasPeople(step)) step.people = { assign: { rule: 'initiator' } };
  }
  return copy;
}

function hasPeople(step: Step): step is Extract<Step, { kind: 'userTask' }> {
  return partsOf(step).people.length > 0;
}
