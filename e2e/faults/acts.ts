/** The acts of people on cases while everything dies: each goes on until it is answered, and what was acknowledged is noted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../server/services/wait.ts';
import type { Answer, Client } from './client.ts';

/** What a 2xx promised; every one must be found again, once. */
export interface Acknowledged {
  command: string;
  caseId: string;
  /** Empty: the case as a whole. */
  step: string;
  /** Empty: the act decides nothing. */
  outcome: string;
}

export interface Ledger {
  /** Case ids in the order of their acknowledgement. */
  cases: string[];
  acknowledged: Acknowledged[];
  /** Told after every acknowledged act. */
  onAct: () => void;
}

/** A case that is driven. */
export interface Drive {
  ledger: Ledger;
  caseId: string;
}

export interface Decision {
  step: string;
  outcome: string;
  /** What names the row that the task is about. */
  item?: string;
  fields?: Record<string, unknown>;
  comment?: string;
}

export interface Return {
  step: string;
  item?: string;
  to: string;
  /** Of several rows behind whose steps the task stands: what names those that go back. */
  rows?: string[];
  mode: 'redo' | 'straightBack';
}

const waitForTaskMs = 120_000;
const lookAgainMs = 150;

export async function start(ledger: Ledger, client: Client, flow: string, fields: object): Promise<Drive> {
  const started = await client.post(`/api/flows/${flow}/cases`, { fields });
  if (started.status !== 201) throw refused(`start of ${flow}`, started);
  const { command, case: item } = started.body as { command: string; case: { id: string } };
  ledger.cases.push(item.id);
  const drive = { ledger, caseId: item.id };
  note(drive, { command, step: 'start', outcome: 'started' });
  return drive;
}

export async function complete(drive: Drive, client: Client, decision: Decision): Promise<void> {
  const { step, outcome, fields = {}, comment } = decision;
  const { id, assignment, version } = await waitForTask(drive, client, decision);
  const body = { outcome, fields, assignment, version, ...(comment !== undefined && { comment }) };
  const answer = await client.post(`/api/tasks/${id}/complete`, body);
  if (answer.status !== 200) throw refused(`complete ${step} of ${drive.caseId}`, answer);
  note(drive, { command: commandOf(answer), step, outcome });
}

/** Sends the case back from an open task of the step. */
export async function sendBack(drive: Drive, client: Client, { to, rows, mode, ...from }: Return): Promise<void> {
  const { id, assignment, returnTargets } = await waitForTask(drive, client, from);
  const targets = returnTargets.filter(({ step, itemLabel }) => step === to && rows?.includes(itemLabel ?? ''));
  const items = rows === undefined ? {} : { items: targets.map(({ item }) => item) };
  const body = { to, mode, assignment, comment: '请再看一遍', ...items };
  const answer = await client.post(`/api/tasks/${id}/return`, body);
  if (answer.status !== 200) throw refused(`return of ${drive.caseId} from ${from.step} to ${to}`, answer);
  note(drive, { command: commandOf(answer), step: from.step, outcome: '' });
}

/** A claim is no command: after a lost answer the second try finds the task claimed, by ourselves. */
export async function claim(drive: Drive, client: Client, step: string): Promise<void> {
  const task = await waitForTask(drive, client, { step });
  const answer = await client.post(`/api/tasks/${task.id}/claim`, { assignment: task.assignment });
  const isMine = answer.status < 300 || (await readTask(client, task.id)).mine;
  if (!isMine) throw refused(`claim ${step} of ${drive.caseId}`, answer);
}

export async function cancel(drive: Drive, client: Client): Promise<void> {
  const answer = await client.post(`/api/cases/${drive.caseId}/cancel`, { comment: '不做了' });
  if (answer.status !== 200) throw refused(`cancel ${drive.caseId}`, answer);
  note(drive, { command: commandOf(answer), step: '', outcome: '' });
}

/** Started by nobody at hand: as soon as it is under way and this person can see it. */
export async function waitForCase({ caseId }: Drive, client: Client): Promise<void> {
  const isUnderWay = async (): Promise<boolean> => {
    const { status, body } = await client.get(`/api/cases/${caseId}`);
    return status === 200 && (body as { timeline: unknown[] }).timeline.length > 0;
  };
  await waitUntil(isUnderWay, { limitMs: waitForTaskMs });
}

interface OpenTask {
  id: string;
  assignment: number;
  version: number;
  mine: boolean;
  returnTargets: { step: string; item: string | null; itemLabel: string | null }[];
}

/** The open task of the case at the step, as soon as this person can see it. */
export async function waitForTask(
  { caseId }: Drive,
  client: Client,
  { step, item }: { step: string; item?: string },
): Promise<OpenTask> {
  const giveUpAt = Date.now() + waitForTaskMs;
  for (;;) {
    const { body } = await client.get(`/api/cases/${caseId}`);
    const { tasks = [] } = body as { tasks?: { id: string; step: string; state: string; item: string | null }[] };
    const found = tasks.find(
      (task) => task.step === step && task.state === 'open' && (item === undefined || task.item === item),
    );
    if (found !== undefined) return readTask(client, found.id);
    if (Date.now() > giveUpAt) throw new Error(`case ${caseId} never came to ${step}: ${JSON.stringify(body)}`);
    await sleep(lookAgainMs);
  }
}

async function readTask(client: Client, taskId: string): Promise<OpenTask> {
  const { body } = await client.get(`/api/tasks/${taskId}`);
  return { ...(body as OpenTask), id: taskId };
}

function note({ ledger, caseId }: Drive, given: Omit<Acknowledged, 'caseId'>): void {
  ledger.acknowledged.push({ ...given, caseId });
  ledger.onAct();
}

function commandOf({ body }: Answer): string {
  return (body as { command: string }).command;
}

export function refused(what: string, { status, body }: Answer): Error {
  return new Error(`${what} was answered ${status}: ${JSON.stringify(body)}`);
}
