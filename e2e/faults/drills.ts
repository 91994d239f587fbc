/**
 * Cases of the flows in `flows/`, each driven by a plan to a place that is known before: how it ends, what is open, and how often the log tells
 * of each thing that happened by itself. Four ways (0 to 3) through each flow.
 */
import { randomUUID } from 'node:crypto';
import { startId } from '../../server/starts/start-id.ts';
import type { Outside } from '../../server/testing/outside.ts';
import {
  cancel,
  complete,
  refused,
  sendBack,
  start,
  waitForCase,
  waitForTask,
  type Drive,
  type Ledger,
} from './acts.ts';
import { waitForChild } from './children.ts';
import { postTo, type Client } from './client.ts';

export interface Crew {
  ledger: Ledger;
  /** Starts the cases and does all their tasks. */
  worker: Client;
  /** Sends messages, cancels cases. */
  admin: Client;
  /** Rings when all who wait for the bell have begun; over when it was rung. */
  bell: (note: string) => Promise<void>;
  ends: PlannedEnd[];
  /** Ids of the messages and signals that were sent, each twice. */
  sent: string[];
  /** Ids of those that start a case, each sent twice too. */
  posted: string[];
  /** The service that steps ask. `eager`: what it does before it answers, by the number it is asked under. */
  outside: Outside & { eager: Map<string, (asked: { callback: string }) => Promise<void>> };
}

/** Where a plan leaves a case. */
export interface PlannedEnd {
  caseId: string;
  status: 'running' | 'completed' | 'cancelled';
  outcome: string | null;
  open: string[];
  /** Events of the log that are nobody's act, by type. */
  happened: Record<string, number>;
  /** Records that its service steps made, by kind. */
  marks: Record<string, number>;
}

interface Plan extends Crew {
  note: string;
  way: number;
}

type Drill = (plan: Plan) => Promise<void>;

/** Those that wait for the bell come first: they wait for each other. */
export const drills: Drill[] = [
  driveTidings,
  driveBranches,
  driveRows,
  driveCalls,
  driveUndo,
  drivePosted,
  driveCallback,
];
export const ways = 4;

const lines = (...places: string[]): object => ({ lines: places.map((place) => ({ place })) });

function begin({ ledger, worker, note }: Plan, flow: string, fields: object = {}): Promise<Drive> {
  return start(ledger, worker, flow, { what: flow, note, ...fields });
}

function ended({ ends }: Crew, { caseId }: Drive, end: Partial<PlannedEnd>): void {
  ends.push({ caseId, status: 'completed', outcome: 'ok', open: [], happened: {}, marks: {}, ...end });
}

const cancelled: Partial<PlannedEnd> = { status: 'cancelled', outcome: 'cancelled' };
const leftAt = (...open: string[]): Partial<PlannedEnd> => ({ status: 'running', outcome: null, open });

/** Branches at the same time, of which one is sent back from within, one has a late handler; then sent back from behind. */
async function driveBranches(plan: Plan): Promise<void> {
  const { worker, way } = plan;
  const amount = 5 + 10 * way;
  const drive = await begin(plan, 'drill_branches', { amount });
  const done = (step: string): Promise<void> => complete(drive, worker, { step, outcome: 'done' });
  const write = async (): Promise<void> => {
    await done('draft');
    if (way % 2 === 1) {
      await sendBack(drive, worker, { step: 'review', to: 'draft', mode: way === 1 ? 'redo' : 'straightBack' });
      await done('draft');
    }
    await done('review');
  };
  const nudge = async (): Promise<void> => {
    await done('nudge');
    await done('slow');
  };
  const whichever = [...(amount > 10 ? ['large'] : []), ...(amount > 20 ? ['very_large'] : [])];
  await Promise.all([write(), nudge(), ...whichever.map(done)]);
  if (way === 3) {
    await sendBack(drive, worker, { step: 'after', to: 'draft', mode: 'redo' });
    await done('draft');
    await done('review');
  }
  await waitForTask(drive, worker, { step: 'after' });
  if (way !== 2) await done('after');
  ended(plan, drive, { ...(way === 2 && leftAt('after')), happened: { timer_fired: 1 } });
}

/** A row after the other and all at once, sent back within a row and from behind several; rounds; a rest. */
async function driveRows(plan: Plan): Promise<void> {
  const { worker, way } = plan;
  const places = ['大堂', '屋面', '车库'];
  const drive = await begin(plan, 'drill_rows', lines(...places));
  const done = (step: string, item?: string): Promise<void> =>
    complete(drive, worker, { step, outcome: 'done', ...(item !== undefined && { item }) });
  const row = async (item: string, index: number): Promise<void> => {
    await done('check', item);
    if (index === way) {
      await sendBack(drive, worker, { step: 'sign', item, to: 'check', mode: 'redo' });
      await done('check', item);
    }
    await done('sign', item);
  };
  await Promise.all(places.map(row));
  for (let round = 0; round < way; round += 1) await complete(drive, worker, { step: 'again', outcome: 'more' });
  await complete(drive, worker, { step: 'again', outcome: 'enough' });
  if (way === 1) {
    const rows = places.slice(1);
    await sendBack(drive, worker, { step: 'close', to: 'sign', rows, mode: 'redo' });
    await Promise.all(rows.map((item) => done('sign', item)));
    await complete(drive, worker, { step: 'again', outcome: 'enough' });
  }
  await waitForTask(drive, worker, { step: 'close' });
  if (way !== 2) await done('close');
  ended(plan, drive, { ...(way === 2 && leftAt('close')), happened: { timer_fired: way === 1 ? 2 : 1 } });
}

/** A message, a signal that all wait for, and work that a message stops. All of them are sent twice. */
async function driveTidings(plan: Plan): Promise<void> {
  const { worker, way, note, bell } = plan;
  const drive = await begin(plan, 'drill_tidings');
  const done = (step: string): Promise<void> => complete(drive, worker, { step, outcome: 'done' });
  const isStopped = way % 2 === 1;
  const work = async (): Promise<void> => {
    if (isStopped) await tell(plan, 'messages', { name: 'drill_stop', key: note });
    await done(isStopped ? 'stopped' : 'work');
  };
  const hear = async (): Promise<void> => {
    await bell(note);
    await done('heard');
  };
  const paid = { name: 'drill_paid', key: note, fields: { sum: 12.5 } };
  await Promise.all([tell(plan, 'messages', paid), work(), hear()]);
  await done('after');
  ended(plan, drive, { happened: { message_received: isStopped ? 2 : 1, signal_received: 1 } });
}

/** The same one twice at the same time, as a sender does that heard nothing. */
export async function tell(
  { admin, sent }: Pick<Crew, 'admin' | 'sent'>,
  path: 'messages' | 'signals',
  content: object,
): Promise<string> {
  const id = randomUUID();
  sent.push(id);
  const send = async (): Promise<void> => {
    const answer = await admin.hand(`/api/${path}`, { id, ...content });
    if (answer.status !== 202) throw refused(`${path} ${id}`, answer);
  };
  await Promise.all([send(), send()]);
  return id;
}

/** A case called beside a wait for its message, one called for each row; gone through again, cancelled, or left inside. */
async function driveCalls(plan: Plan): Promise<void> {
  const { worker, admin, way } = plan;
  const drive = await begin(plan, 'drill_calls', lines('大堂', '屋面'));
  const done = (of: Drive, step: string): Promise<void> => complete(of, worker, { step, outcome: 'done' });
  const seen = new Set<string>();
  const child = (flow: string): Promise<Drive> => waitForChild(drive, worker, { flow, seen });
  const errand = async (): Promise<void> => {
    const called = await child('drill_errand');
    await done(called, 'do');
    ended(plan, called, { outcome: 'fine' });
  };
  const round = async (): Promise<void> => {
    await done(drive, 'before');
    const called = await child('drill_child');
    await done(called, 'do');
    ended(plan, called, { outcome: 'fine', happened: { activity_done: 1, timer_fired: 1 } });
    await Promise.all([errand(), errand()]);
  };
  if (way >= 2) {
    await done(drive, 'before');
    const called = await child('drill_child');
    await waitForTask(called, worker, { step: 'do' });
    if (way === 2) await cancel(drive, admin);
    ended(plan, called, way === 2 ? cancelled : leftAt('do'));
    ended(plan, drive, { ...(way === 2 ? cancelled : leftAt()), happened: { child_started: 1 } });
    return;
  }
  await round();
  if (way === 1) {
    await sendBack(drive, worker, { step: 'after', to: 'before', mode: 'redo' });
    await round();
  }
  await done(drive, 'after');
  const rounds = way + 1;
  const happened = { child_started: 3 * rounds, child_ended: 3 * rounds, message_received: rounds };
  ended(plan, drive, { happened });
}

/** What a service step and a person did is kept, undone by the flow, undone by a return, undone by a cancellation. */
async function driveUndo(plan: Plan): Promise<void> {
  const { worker, way } = plan;
  const drive = await begin(plan, 'drill_undo');
  const done = (step: string, outcome = 'done'): Promise<void> => complete(drive, worker, { step, outcome });
  const pack = async (): Promise<void> => {
    await done('first');
    await done('pack');
  };
  await pack();
  if (way === 0) {
    await done('decide', 'keep');
    ended(plan, drive, { outcome: 'kept', happened: { activity_done: 1 }, marks: { booked: 1 } });
    return;
  }
  await undo(drive, plan);
  await done('unpack');
  if (way === 2) {
    await pack();
    await done('decide', 'keep');
  }
  const booked = way === 2 ? 2 : 1;
  ended(plan, drive, {
    ...(way === 3 ? cancelled : { outcome: way === 1 ? 'undone' : 'kept' }),
    happened: { activity_done: booked, step_compensated: 1 },
    marks: { booked, unbooked: 1 },
  });
}

/** By the flow itself, by a return, by the end of the case. */
async function undo(drive: Drive, { worker, admin, way }: Plan): Promise<void> {
  if (way === 1) await complete(drive, worker, { step: 'decide', outcome: 'undo' });
  else if (way === 2) await sendBack(drive, worker, { step: 'decide', to: 'first', mode: 'redo' });
  else {
    await waitForTask(drive, worker, { step: 'decide' });
    await cancel(drive, admin);
  }
}

/** Begun by a message, and told another one by its key: done, left inside, cancelled. */
async function drivePosted(plan: Plan): Promise<void> {
  const { admin, way, note, ledger, posted } = plan;
  const id = await tell({ admin, sent: posted }, 'messages', { name: 'drill_post', key: note, fields: { sum: 1 } });
  const drive = { ledger, caseId: startId(['drill_posted', 'post', id]) };
  await waitForCase(drive, admin);
  ledger.cases.push(drive.caseId);
  if (way === 3) {
    await cancel(drive, admin);
    ended(plan, drive, cancelled);
    return;
  }
  await tell(plan, 'messages', { name: 'drill_more', key: note, fields: { sum: 2 } });
  if (way === 2) await waitForTask(drive, admin, { step: 'do' });
  else await complete(drive, admin, { step: 'do', outcome: 'done' });
  ended(plan, drive, { ...(way === 2 && leftAt('do')), happened: { message_received: 1 } });
}

/** Called back after it was asked, while it is being asked, when nobody waits any more, and never. */
async function driveCallback(plan: Plan): Promise<void> {
  const { worker, way, note, outside } = plan;
  const said = { sum: 12.5 };
  const call = async ({ callback }: { callback: string }, status = 200): Promise<void> => {
    const answers = await Promise.all([postTo(callback, said), postTo(callback, said)]);
    for (const answer of answers) if (answer.status !== status) throw refused(`call back of ${note}`, answer);
  };
  if (way === 1) outside.eager.set(note, call);
  const drive = await begin(plan, 'drill_callback');
  const asked = await outside.whenAsked(note);
  if (way === 0) await call(asked);
  if (way === 2) await complete(drive, worker, { step: 'give_up', outcome: 'done' });
  if (way === 3) await waitForTask(drive, worker, { step: 'give_up' });
  else await complete(drive, worker, { step: 'after', outcome: 'done' });
  if (way === 2) await call(asked, 410);
  const happened = [{ activity_done: 1 }, { activity_done: 1 }, { activity_failed: 1 }, {}][way] ?? {};
  ended(plan, drive, { ...(way === 3 && leftAt('give_up')), happened });
}
