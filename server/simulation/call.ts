/** What a dry run is told of a case that a step calls: what it would be given, and what it is taken to come to. It is never begun. */
import { validateAct } from '../../forms/validate.ts';
import type { Values } from '../../forms/types.ts';
import type { CallAnswer, Question } from '../../workflows/engine/dry-run/index.ts';
import type { CallActivity } from '../../workflows/engine/flow.gen.ts';
import { permissionsOf } from '../commands/access.ts';
import { mapInput } from '../commands/activity-input.ts';
import type { Tx } from '../db/as.ts';
import { getCurrentFlow, type PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';

export type CallEffect = Extract<Question, { ask: 'call' }>['effect'];

interface Calling {
  flow: PublishedFlow;
  effect: CallEffect;
  /** Of the record, with the items around the step. */
  values: Values;
  /** What it is taken to hold at its end, with its `outcome`, and the error it ends with. */
  script: { output?: Values; error?: string };
}

export async function answerCall(
  tx: Tx,
  { flow, effect, values, script }: Calling,
): Promise<{ answer: Omit<CallAnswer, 'vars'>; patch: Values }> {
  const step = flow.steps.get(effect.step)?.step;
  if (step?.kind !== 'callActivity') throw new Error(`${effect.step} calls no flow`);
  const called = await findCurrent(tx, effect.flow);
  const { input, failed } = mapInput(step, flow.form, values);
  const problems = [...failed, ...(called ? refusedBy(called, input) : ['no such flow'])];
  const { output, error, outcome } = endOf(script);
  const patch = called && effect.waits ? patchOf(step, called, { ...output, outcome, number: null }) : {};
  return { answer: { input, problems, output, error, outcome }, patch };
}

function endOf({ output = {}, error }: Calling['script']): Pick<CallAnswer, 'output' | 'error' | 'outcome'> {
  const outcome = typeof output.outcome === 'string' ? output.outcome : (error ?? 'completed');
  return { output, error: error ?? null, outcome };
}

/** Undefined: there is none of that key. */
function findCurrent(tx: Tx, key: string): Promise<PublishedFlow | undefined> {
  return getCurrentFlow(tx, key).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
}

/** What its start would say against the fields. */
function refusedBy({ form, definition }: PublishedFlow, input: Values): string[] {
  const permissions = permissionsOf(form, definition.start.fields);
  return validateAct(form, { patch: input, permissions }).map(({ path, code }) => `${path} ${code}`);
}

function patchOf({ output = {} }: CallActivity, { form }: PublishedFlow, given: Values): Values {
  const { input } = mapInput({ input: output }, form, given);
  return Object.fromEntries(Object.keys(output).map((field) => [field, input[field] ?? null]));
}
