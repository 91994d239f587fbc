/** The repairs and leaves of content/demo/scenarios.json, started and driven through the API by the people they name. */
import type { Db } from '../db/as.ts';
import type { Caller } from './caller.ts';
import { readProgress, saveProgress, type Progress, type Request } from './progress.ts';
import { demoId } from './random.ts';
import { readContent } from './sources.ts';
import { resolveFields, type Meaning } from './values.ts';

interface Act {
  by: string;
  /** The open task of the case that it is done on; none for acts on the case itself. */
  step?: string;
  do: 'claim' | 'complete' | 'pause' | 'withdraw';
  outcome?: string;
  fields?: Record<string, unknown>;
  comment?: string;
  /** Of a pause: `at:` and its moment. */
  until?: string;
}

export interface Scenario {
  key: string;
  /** Default: repair. */
  flow?: string;
  /** Username of who starts it. */
  by: string;
  fields: Record<string, unknown>;
  acts: Act[];
}

export interface Stage {
  adminDb: Db;
  loadedAt: Date;
  timeZone: string;
  callerOf(username: string): Promise<Caller>;
  photoOf(name: string): Promise<Buffer>;
}

export function readScenarios(): Scenario[] {
  return (readContent('demo/scenarios.json') as { scenarios: Scenario[] }).scenarios;
}

/** Continues where an earlier load stopped. */
export async function playScenario(stage: Stage, scenario: Scenario): Promise<void> {
  let progress = await readProgress(stage.adminDb, scenario.key);
  while (progress.answered <= scenario.acts.length) progress = await playNext(stage, scenario, progress);
}

/** Request 0 starts the case, request n is act n. */
async function playNext(stage: Stage, scenario: Scenario, progress: Progress): Promise<Progress> {
  const act = scenario.acts[progress.answered - 1];
  const caller = await stage.callerOf(act?.by ?? scenario.by);
  const request = progress.underWay ?? (await prepare(stage, scenario, progress, caller));
  if (progress.underWay === undefined) {
    await saveProgress(stage.adminDb, scenario.key, { ...progress, underWay: request });
  }
  const answer = (await caller.post(request.url, request.body, request.key)) as { case?: { id: string } };
  const caseId = progress.caseId ?? answer.case?.id;
  const next: Progress = { answered: progress.answered + 1, ...(caseId !== undefined && { caseId }) };
  await saveProgress(stage.adminDb, scenario.key, next);
  return next;
}

async function prepare(stage: Stage, scenario: Scenario, progress: Progress, caller: Caller): Promise<Request> {
  const key = demoId('request', scenario.key, progress.answered);
  const meaning: Meaning = {
    ...stage,
    photo: async (name) => caller.upload(`${name}.jpg`, await stage.photoOf(name)),
    caseOf: (key) => findCase(stage.adminDb, key),
  };
  const { caseId } = progress;
  if (caseId === undefined) {
    const url = `/api/flows/${scenario.flow ?? 'repair'}/cases`;
    return { key, url, body: { fields: await resolveFields(scenario.fields, meaning) } };
  }
  const act = scenario.acts[progress.answered - 1];
  if (act === undefined) throw new RangeError(`scenario ${scenario.key} has no act ${progress.answered}`);
  if (act.do === 'withdraw') return { key, url: `/api/cases/${caseId}/withdraw`, body: { comment: act.comment } };
  const task = await findTask(caller, caseId, act);
  return { key, url: `/api/tasks/${task.id}/${act.do}`, body: await bodyOf(act, task, meaning) };
}

/** Scenarios begin in the order of the file, a few at a time: who names another stands well behind it. */
async function findCase(adminDb: Db, scenario: string): Promise<string> {
  const { caseId } = await readProgress(adminDb, scenario);
  if (caseId === undefined) throw new Error(`the demo's scenario ${scenario} has not started yet`);
  return caseId;
}

interface OpenTask {
  id: string;
  assignment: number;
  version: number;
}

async function findTask(caller: Caller, caseId: string, act: Act): Promise<OpenTask> {
  const { tasks } = (await caller.get(`/api/cases/${caseId}`)) as {
    tasks: { id: string; step: string; state: string }[];
  };
  const id = tasks.find(({ step, state }) => step === act.step && state === 'open')?.id;
  if (id === undefined) throw new Error(`the demo's case ${caseId} has no open task at ${act.step ?? 'any step'}`);
  const { assignment, version } = (await caller.get(`/api/tasks/${id}`)) as OpenTask;
  return { id, assignment, version };
}

async function bodyOf(act: Act, task: OpenTask, meaning: Meaning): Promise<Record<string, unknown>> {
  if (act.do === 'claim') return { assignment: task.assignment };
  if (act.do === 'pause') {
    return {
      assignment: task.assignment,
      reason: act.comment,
      ...(await resolveFields({ until: act.until }, meaning)),
    };
  }
  return {
    outcome: act.outcome,
    fields: await resolveFields(act.fields ?? {}, meaning),
    ...(act.comment !== undefined && { comment: act.comment }),
    assignment: task.assignment,
    version: task.version,
  };
}
