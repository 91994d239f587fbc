/**
 * What a message writes into the record of the case that takes it: the `output` of what waits (a receive, a handler, a branch of a race), field
 * → property of the message. The place is told as the engine tells it.
 */
import type { Flow, Step } from '../../../workflows/engine/flow.gen.ts';
import type { Await } from '../../../workflows/engine/types.ts';
import type { PublishedFlow } from '../../definitions/published.ts';

type Output = Record<string, string>;
/** As much of the language as says where an output stands. */
interface Place {
  output?: Output;
  on?: ({ id: string } & { output?: Output })[];
  branches?: { wait?: { output?: Output } }[];
}

export function outputOf(flow: PublishedFlow, { step, part }: Pick<Await, 'step' | 'part'>): Output {
  const owner: Flow | Step | undefined = step === null ? flow.definition : flow.steps.get(step)?.step;
  const place = owner === undefined ? undefined : partOf(owner as Place, part);
  return place?.output ?? {};
}

function partOf(place: Place, part: string | null): { output?: Output } | undefined {
  if (part === null) return place;
  const [where = '', name = ''] = part.split('.');
  if (where === 'branches') return place.branches?.[Number(name)]?.wait;
  return place.on?.find(({ id }) => id === name);
}

export function patchBy(output: Output, fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(output).map(([field, property]) => [field, fields[property] ?? null]));
}
