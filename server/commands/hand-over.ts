/**
 * Many tasks of one person handed on: one command a task, each with an id that follows from the run and the task, so that a run that is
 * done again moves nothing twice and goes on where it stopped.
 */
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { asPerson, type Db } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { sha256 } from './canonical.ts';
import { handOnTask } from './task-acts.ts';

/** A task as it stands with whoever holds it. */
export interface HeldTask {
  id: string;
  assignment: number;
  /** Taken from a pool: it may also go back there. */
  claimed: boolean;
}
export interface Moved {
  task: string;
  state: 'done' | 'failed';
  /** Why it stays where it is. */
  code: string | null;
}

interface Scope {
  person: string;
  flows: string[] | null;
  communities: string[] | null;
}

/** What the person holds now, oldest first, as far as whoever asks may see it. */
export function openTasksFor(db: Db, by: string, { person, flows, communities }: Scope): Promise<HeldTask[]> {
  return asPerson(db, by, async (tx) => {
    const { rows } = await sql<HeldTask>`
      select t.id, t.assignment, t.claimed_by is not null as claimed from task t
      where t.holder = ${person}::uuid and t.state in ('open', 'completing')
        and (${flows}::text[] is null or t.flow = any (${flows}::text[]))
        and (${communities}::uuid[] is null or t.community_id = any (${communities}::uuid[]))
      order by t.opened_at, t.id`.execute(tx);
    return rows;
  });
}

interface Run {
  by: string;
  /** Names the run: the same again repeats it. */
  run: string;
  as: 'handOver' | 'substitute';
  moves: { task: HeldTask; to: string }[];
  onMoved?: (moved: Moved) => Promise<void>;
}

/** One after another; what cannot be moved is told and stays. */
export async function handOnAll(deps: Deps, { by, run, as, moves, onMoved }: Run): Promise<Moved[]> {
  const done: Moved[] = [];
  for (const { task, to } of moves) {
    const act = { taskId: task.id, assignment: task.assignment, to, as };
    const intention = {
      person: by,
      key: { key: keyOf(run, `${task.id}:${task.assignment}`), route: 'hand-over' },
      requestHash: sha256({ run, task: task.id, to }),
    };
    const moved = await handOnTask(deps, intention, act).then(
      (): Moved => ({ task: task.id, state: 'done', code: null }),
      (error: unknown): Moved => ({ task: task.id, state: 'failed', code: codeOf(error) }),
    );
    await onMoved?.(moved);
    done.push(moved);
  }
  return done;
}

/** @throws what is no refusal: the run is to be done again */
function codeOf(error: unknown): string {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  return error.errors[0]?.code ?? error.code;
}

/** A UUID that follows from both names. */
function keyOf(run: string, task: string): string {
  const hex = createHash('sha256').update(`${run}:${task}`).digest('hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-5$3-8$4-$5');
}
