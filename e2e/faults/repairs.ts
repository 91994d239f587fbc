/** Repairs driven by residents, dispatchers and technicians, each its own way through the flow; keeps what was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../server/demo/random.ts';
import type { Answer, Client } from './client.ts';

export interface People {
  residents: { client: Client; unit: string }[];
  dispatchers: Client[];
  technicians: { client: Client; personId: string }[];
}

/** What a 2xx promised; every one must be found again, once. */
export interface Acknowledged {
  command: string;
  caseId: string;
  step: string;
  outcome: string;
}

export interface Ledger {
  /** Case ids in the order of their acknowledgement. */
  cases: string[];
  acknowledged: Acknowledged[];
  /** Case id → the rating that was given. */
  ratings: Map<string, number>;
  /** Told after every acknowledged act. */
  onAct: () => void;
}

interface Drive {
  random: Random;
  people: People;
  ledger: Ledger;
  caseId: string;
}

const waitForTaskMs = 120_000;

/** One repair from report to wherever its way ends: most are rated, some are left in the middle. */
export async function driveRepair(random: Random, people: People, ledger: Ledger): Promise<void> {
  const resident = random.pick(people.residents);
  const started = await resident.client.post('/api/flows/repair/cases', { fields: reportOf(random, resident.unit) });
  if (started.status !== 201) throw new Error(`start was answered ${started.status}: ${JSON.stringify(started.body)}`);
  const { command, case: item } = started.body as { command: string; case: { id: string } };
  const drive: Drive = { random, people, ledger, caseId: item.id };
  ledger.cases.push(item.id);
  note(drive, { command, step: 'start', outcome: 'started' });

  if (random.chance(0.06)) return;
  const technician = await dispatch(drive);
  if (random.chance(0.1)) return;
  await complete(drive, technician, { step: 'work', outcome: 'done', fields: workOf(random) });
  if (random.chance(0.2)) {
    await complete(drive, resident.client, {
      step: 'accept_owner',
      outcome: 'rework',
      comment: '还有一点漏，请再看看',
    });
    await complete(drive, technician, { step: 'work', outcome: 'done', fields: workOf(random) });
  }
  if (random.chance(0.1)) return;
  await complete(drive, resident.client, { step: 'accept_owner', outcome: 'accepted' });
  if (random.chance(0.15)) return;
  const rating = random.between(1, 5);
  await complete(drive, resident.client, { step: 'rate', outcome: 'rated', fields: { rating } });
  ledger.ratings.set(drive.caseId, rating);
}

/** To a person or to the pool; sometimes declined first. Gives who took it. */
async function dispatch(drive: Drive): Promise<Client> {
  const { random, people } = drive;
  const dispatcher = random.pick(people.dispatchers);
  await claim(drive, dispatcher, 'dispatch');
  let technician = random.pick(people.technicians);
  if (random.chance(0.4)) {
    await complete(drive, dispatcher, { step: 'dispatch', outcome: 'dispatched', fields: { dispatchMode: 'pool' } });
    await claim(drive, technician.client, 'accept_pool');
    await complete(drive, technician.client, { step: 'accept_pool', outcome: 'accepted' });
    return arrive(drive, technician.client);
  }
  const assign = { dispatchMode: 'assign', technician: technician.personId };
  await complete(drive, dispatcher, { step: 'dispatch', outcome: 'dispatched', fields: assign });
  if (random.chance(0.2)) {
    await complete(drive, technician.client, { step: 'accept_assigned', outcome: 'declined', comment: '今天排满了' });
    technician = random.pick(people.technicians);
    const other = { dispatchMode: 'assign', technician: technician.personId };
    await complete(drive, dispatcher, { step: 'dispatch', outcome: 'dispatched', fields: other });
  }
  await complete(drive, technician.client, { step: 'accept_assigned', outcome: 'accepted' });
  return arrive(drive, technician.client);
}

async function arrive(drive: Drive, technician: Client): Promise<Client> {
  const fields = { arrivePosition: { lng: 120.12, lat: 30.28 } };
  await complete(drive, technician, { step: 'arrive', outcome: 'arrived', fields });
  return technician;
}

interface Decision {
  step: string;
  outcome: string;
  fields?: Record<string, unknown>;
  comment?: string;
}

async function complete(
  drive: Drive,
  client: Client,
  { step, outcome, fields = {}, comment }: Decision,
): Promise<void> {
  const task = await waitForTask(drive, client, step);
  const { assignment, version } = task;
  const body = { outcome, fields, assignment, version, ...(comment !== undefined && { comment }) };
  const answer = await client.post(`/api/tasks/${task.id}/complete`, body);
  if (answer.status !== 200) throw refused(`complete ${step} of ${drive.caseId}`, answer);
  note(drive, { command: (answer.body as { command: string }).command, step, outcome });
}

/** A claim is no command: after a lost answer the second try finds the task claimed, by ourselves. */
async function claim(drive: Drive, client: Client, step: string): Promise<void> {
  const task = await waitForTask(drive, client, step);
  const answer = await client.post(`/api/tasks/${task.id}/claim`, { assignment: task.assignment });
  const isMine = answer.status < 300 || (await readTask(client, task.id)).mine;
  if (!isMine) throw refused(`claim ${step} of ${drive.caseId}`, answer);
}

interface OpenTask {
  id: string;
  assignment: number;
  version: number;
  mine: boolean;
}

/** The open task of the case at the step, as soon as this person can see it. */
async function waitForTask({ caseId }: Drive, client: Client, step: string): Promise<OpenTask> {
  const giveUpAt = Date.now() + waitForTaskMs;
  for (;;) {
    const { body } = await client.get(`/api/cases/${caseId}`);
    const { tasks = [] } = body as { tasks?: { id: string; step: string; state: string }[] };
    const found = tasks.find((task) => task.step === step && task.state === 'open');
    if (found !== undefined) return readTask(client, found.id);
    if (Date.now() > giveUpAt) throw new Error(`case ${caseId} never came to ${step}: ${JSON.stringify(body)}`);
    await sleep(100);
  }
}

async function readTask(client: Client, taskId: string): Promise<OpenTask> {
  const { body } = await client.get(`/api/tasks/${taskId}`);
  const { assignment, version, mine } = body as OpenTask;
  return { id: taskId, assignment, version, mine };
}

function note({ ledger, caseId }: Drive, given: Omit<Acknowledged, 'caseId'>): void {
  ledger.acknowledged.push({ ...given, caseId });
  ledger.onAct();
}

function refused(what: string, { status, body }: Answer): Error {
  return new Error(`${what} was answered ${status}: ${JSON.stringify(body)}`);
}

function reportOf(random: Random, unit: string): Record<string, unknown> {
  const category = random.pick(['water', 'electricity', 'door']);
  return { unit, place: '厨房', area: 'private', category, urgency: 'normal', description: '水龙头关不紧，一直滴水。' };
}

function workOf(random: Random): Record<string, unknown> {
  return { workRecord: '更换阀芯，试水不漏。', workMinutes: random.between(10, 120) };
}
