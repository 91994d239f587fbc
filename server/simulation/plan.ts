/** From what is asked to what the engine plays: what does not fit is told with its path, before anything is played. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { chooserOf } from '../../workflows/engine/choices.ts';
import { compile } from '../../workflows/engine/compile.ts';
import { durationMs } from '../../workflows/engine/duration.ts';
import type { Act, Choice, Limits } from '../../workflows/engine/dry-run/index.ts';
import { isHumanStep } from '../commands/access.ts';
import type { Tx } from '../db/as.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { SimulateBody, SimulatedAct } from './schemas.ts';

type Body = Static<typeof SimulateBody>;
type AskedAct = Static<typeof SimulatedAct>;
type OneChoice = string | Exclude<Choice, null> | null;

const dayMs = 86_400_000;
/** What a dry run may take at most, unless less is asked for. */
export const LIMITS: Limits = { events: 1000, decisions: 500, timeMs: 732 * dayMs };

export function limitsOf({ limits = {} }: Body): Limits {
  const { events = LIMITS.events, decisions = LIMITS.decisions, days } = limits;
  return { events, decisions, timeMs: days === undefined ? LIMITS.timeMs : days * dayMs };
}

export function choicesOf({ choices = {} }: Body): Map<string, Choice[]> {
  return new Map(Object.entries(choices).map(([step, given]) => [step, [given].flat().map((each) => toChoice(each))]));
}

function toChoice(given: OneChoice): Choice {
  return typeof given === 'string' ? { outcome: given } : given;
}

const NEEDS: Record<AskedAct['act'], readonly (keyof AskedAct)[]> = {
  complete: ['step'],
  return: ['step', 'to'],
  transfer: ['step', 'to'],
  delegate: ['step', 'to'],
  addSigners: ['step', 'persons', 'where'],
  removeSigners: ['step', 'persons'],
  pause: ['step', 'for'],
  resume: ['step'],
  takeBack: ['step'],
  withdraw: [],
  cancel: [],
  amend: ['fields'],
  message: ['name', 'key'],
  signal: ['name'],
  wait: ['after'],
};

export function actsOf({ acts = [] }: Body): Act[] {
  return acts.map(({ after, for: period, ...act }) => ({
    ...act,
    ...(after === undefined ? {} : { afterMs: durationMs(after) }),
    ...(period === undefined ? {} : { forMs: durationMs(period) }),
    // `refuseMisfits` has seen to it that each has what it needs.
  })) as Act[];
}

/** @throws AppError invalid_request naming every step, person and property that is not there */
export async function refuseMisfits(tx: Tx, flow: PublishedFlow, body: Body): Promise<void> {
  const errors = [...actErrors(flow, body), ...stepErrors(flow, body), ...(await personErrors(tx, body))];
  if (errors.length > 0) throw new AppError('invalid_request', 422, {}, errors);
}

function actErrors(flow: PublishedFlow, { acts = [] }: Body): FieldError[] {
  return acts.flatMap((act, index) => {
    const at = `/acts/${index}`;
    const missing = NEEDS[act.act].filter((name) => act[name] === undefined);
    const errors: FieldError[] = missing.map((name) => ({ path: `${at}/${name}`, code: 'required' }));
    if (act.step !== undefined && !isHumanStep(flow.steps.get(act.step)?.step))
      errors.push({ path: `${at}/step`, code: 'unknown_step', params: { found: act.step } });
    return errors;
  });
}

function stepErrors(flow: PublishedFlow, { choices = {}, activities = {}, chosen = {} }: Body): FieldError[] {
  const unknown = (path: string, found: string): FieldError => ({ path, code: 'unknown_step', params: { found } });
  return [
    ...Object.keys(choices)
      .filter((step) => !isHumanStep(flow.steps.get(step)?.step))
      .map((step) => unknown(`/choices/${step}`, step)),
    ...Object.keys(chosen)
      .filter((step) => !isChosenFor(flow, step))
      .map((step) => unknown(`/chosen/${step}`, step)),
    ...Object.keys(activities)
      .filter((step) => !CALLING.has(flow.steps.get(step)?.step.kind ?? ''))
      .map((step) => unknown(`/activities/${step}`, step)),
  ];
}

/** Steps whose answer is scripted. */
const CALLING: ReadonlySet<string> = new Set(['serviceTask', 'callActivity']);

/** Whether the step asks somebody to choose who gets it. */
function isChosenFor({ loaded }: PublishedFlow, id: string): boolean {
  const compiled = compile(loaded);
  const info = compiled.steps.get(id);
  return info !== undefined && chooserOf(compiled, id, info) !== undefined;
}

async function personErrors(tx: Tx, body: Body): Promise<FieldError[]> {
  const named = personsOf(body);
  const ids = [...new Set(named.map(({ id }) => id))];
  const { rows } = await sql<{ id: string }>`
    select id from person where id = any (${ids.filter(isUuid)}::uuid[]) and disabled_at is null`.execute(tx);
  const known = new Set(rows.map(({ id }) => id));
  return named.filter(({ id }) => !known.has(id)).map(({ path }) => ({ path, code: 'person_unknown' }));
}

interface NamedPerson {
  path: string;
  id: string;
}

function personsOf({ initiator, acts = [], choices = {}, chosen = {} }: Body): NamedPerson[] {
  const deciding = Object.entries(choices).flatMap(([step, given]) =>
    [given].flat().flatMap((each) => (typeof each === 'object' && each ? named(`/choices/${step}/by`, each.by) : [])),
  );
  const wanted = Object.entries(chosen).flatMap(([step, persons]) =>
    persons.flatMap((id, i) => named(`/chosen/${step}/${i}`, id)),
  );
  return [...named('/initiator', initiator), ...acts.flatMap(personsOfAct), ...deciding, ...wanted];
}

function personsOfAct({ act, by, to, persons = [] }: AskedAct, index: number): NamedPerson[] {
  const at = `/acts/${index}`;
  const receiver = act === 'transfer' || act === 'delegate' ? to : undefined;
  const many = persons.flatMap((id, i) => named(`${at}/persons/${i}`, id));
  return [...named(`${at}/by`, by), ...named(`${at}/to`, receiver), ...many];
}

function named(path: string, id: string | undefined): NamedPerson[] {
  return id === undefined ? [] : [{ path, id: id.toLowerCase() }];
}

function isUuid(id: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id);
}
