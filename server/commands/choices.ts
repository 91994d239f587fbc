/**
 * People chosen for later steps: the initiator's when a case starts, a handler's when completing a step. Only who may be chosen is, and
 * what the engine keeps of it are ids.
 */
import { sql, type RawBuilder } from 'kysely';
import { choicesOf, type Choice } from '../../workflows/engine/choices.ts';
import { compile } from '../../workflows/engine/compile.ts';
import type { Action } from '../../workflows/engine/flow.gen.ts';
import type { Choices } from '../../workflows/engine/types.ts';
import type { Tx } from '../db/as.ts';
import { holdsStaffRole } from '../db/staff.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { HumanStep } from './access.ts';

export interface Choosing {
  flow: PublishedFlow;
  chooser: string;
  communityId: string | null;
  /** The step that the chooser completes; null: they start the case. */
  by: string | null;
}

/** Going back, and refusing, lead to no step that somebody must be chosen for. */
export function asksChoices(step: HumanStep, { outcome, returnTo }: Action): boolean {
  return returnTo === undefined && !(step.kind === 'approval' && outcome === 'rejected');
}

export function asksOf({ flow, by }: Pick<Choosing, 'flow' | 'by'>): Choice[] {
  return choicesOf(compile(flow.loaded), by);
}

/** @throws AppError invalid_fields at `/choices/<step>` */
export async function readyChoices(tx: Tx, choosing: Choosing, given: Choices = {}): Promise<Choices> {
  const asked = asksOf(choosing);
  const problems: FieldError[] = Object.keys(given)
    .filter((step) => !asked.some((each) => each.step === step))
    .map((step) => ({ path: `/choices/${step}`, code: 'not_a_choice' }));
  for (const choice of asked)
    problems.push(...(await problemsOf(tx, choosing, { choice, persons: given[choice.step] ?? [] })));
  if (problems.length > 0) throw new AppError('invalid_fields', 422, {}, problems);
  return given;
}

/** One step that somebody is chosen for, whoever chooses. @throws AppError not_found */
export function findChoice(flow: PublishedFlow, step: string): Choice {
  const compiled = compile(flow.loaded);
  const found = [null, ...flow.steps.keys()]
    .flatMap((by) => choicesOf(compiled, by))
    .find((each) => each.step === step);
  if (found === undefined) throw new AppError('not_found', 404);
  return found;
}

async function problemsOf(
  tx: Tx,
  choosing: Choosing,
  { choice, persons }: { choice: Choice; persons: readonly string[] },
): Promise<FieldError[]> {
  const path = `/choices/${choice.step}`;
  if (persons.length === 0) return choice.isRequired ? [{ path, code: 'required' }] : [];
  if (persons.length > choice.most) return [{ path, code: 'too_many', params: { limit: choice.most } }];
  const { rows } = await sql<{ id: string }>`
    select p.id from person p where p.id = any (${[...persons]}::uuid[]) and p.disabled_at is null
      and ${mayBeChosen(choice, choosing)}`.execute(tx);
  const may = rows.map(({ id }) => id);
  return persons.flatMap((person, index) =>
    may.includes(person) && persons.indexOf(person) === index
      ? []
      : [{ path: `${path}/${index}`, code: 'not_a_choice' }],
  );
}

/** A condition over `p`: who may be chosen for the step. */
export function mayBeChosen(
  { among }: Choice,
  { chooser, communityId }: Pick<Choosing, 'chooser' | 'communityId'>,
): RawBuilder<boolean> {
  if (typeof among === 'object') return holdsStaffRole(sql`p.id`, { roles: [among.role], communityId });
  const isStaff = holdsStaffRole(sql`p.id`, { roles: null, communityId });
  if (among === 'staff') return isStaff;
  return sql<boolean>`(${isStaff} and exists (select from record.employee mine join person me on me.employee_id = mine.id
    join record.employee theirs on theirs.department = mine.department
    where me.id = ${chooser}::uuid and theirs.id = p.employee_id and mine.deleted_at is null and theirs.deleted_at is null))`;
}
