/**
 * Gives a command and says what became of it (protocol.md A): tx1 as the person, the Update, tx2. Whoever repeats a request with its
 * key gets the first one's answer; whoever repeats the key with another request is refused.
 */
import { asActor, asPerson, asProgram, type Tx } from '../db/as.ts';
import { isRefuted } from '../db/expect-row.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { drive } from './drive.ts';
import { findPrior, type PriorCommand } from './facts.ts';
import { openedFor, openedBy } from './opened.ts';
import type { Intention, Job } from './types.ts';

export interface Given {
  command: string;
  caseId: string;
  /** done: applied. pending: kept and sure to happen (202). */
  state: 'done' | 'pending';
  /** Tasks that it opened and the person may decide. */
  opened: string[];
}
/** What tx1 comes to: a new command to drive, or the one given before. */
export type Ticket = { job: Job; person: Parameters<typeof openedFor>[0] } | { prior: PriorCommand };

/**
 * tx1. It may leave questions to its last statement, which fails where the answer is no; then it is written once more, `isCareful`, and
 * tells what is wrong.
 */
export type Write = (tx: Tx, isCareful: boolean) => Promise<Ticket>;

/** @throws AppError key_reused, what `write` throws, and the engine's refusal as 409 */
export async function give(deps: Deps, intention: Intention, write: Write): Promise<Given> {
  const ticket = await writeDown(deps, intention, write).catch((error: unknown) => orPrior(deps, intention, error));
  if ('prior' in ticket) return repeat(deps, intention, ticket.prior);
  const { job, person } = ticket;
  const driven = await drive(deps, job);
  const common = { command: job.command, caseId: job.caseId };
  switch (driven.state) {
    case 'done':
      return { ...common, state: 'done', opened: openedFor(person, driven.answer) };
    case 'pending':
      return { ...common, state: 'pending', opened: [] };
    case 'refused':
      throw new AppError(driven.refusal.code, 409, driven.refusal.params);
    default:
      return driven;
  }
}

function writeDown({ db }: Deps, { isAutomatic, person }: Intention, write: Write): Promise<Ticket> {
  const open = isAutomatic === true ? asProgram : asActor;
  return open(db, person, (tx) => write(tx, false)).catch((error: unknown) => {
    if (!isRefuted(error)) throw error;
    return open(db, person, (tx) => write(tx, true));
  });
}

/** A request that lost against its own twin: the twin's command is there now. */
async function orPrior({ db }: Deps, { person, key }: Intention, error: unknown): Promise<Ticket> {
  const prior = mayBeTwin(error) ? await asPerson(db, person, (tx) => findPrior(tx, key)) : undefined;
  if (prior === undefined) throw error;
  return { prior };
}

function mayBeTwin(error: unknown): boolean {
  if (error instanceof AppError) return error.status === 409 || error.status === 404 || error.status === 403;
  return (error as { code?: unknown } | null)?.code === '23505';
}

async function repeat({ db }: Deps, { person, requestHash }: Intention, prior: PriorCommand): Promise<Given> {
  if (!prior.requestHash.equals(requestHash)) throw new AppError('key_reused', 422);
  if (prior.state === 'refused') throw new AppError(prior.refusal?.code ?? 'refused', 409, prior.refusal?.params);
  const opened = prior.state === 'done' ? await openedBy(db, person, prior.id) : [];
  return { command: prior.id, caseId: prior.caseId, state: prior.state, opened };
}
