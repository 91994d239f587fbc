/** Effects that nobody waits for any more have an end in the tables, whatever ended them. Real Postgres; the engine's own entries. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compile } from '../../workflows/engine/compile.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { Simulation } from '../../workflows/engine/simulate.ts';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import { getFlow } from '../definitions/published.ts';
import { createCaseStage, intend, type CaseStage } from '../testing/cases.ts';
import { after, flowOf, wait } from '../testing/rules.ts';
import { applyDelta } from './apply/index.ts';
import { startCase } from './start.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const late = { id: 'late', catch: 'timer' as const, in: 'PT1H', steps: [after] };
const called = {
  id: 'tell',
  kind: 'serviceTask' as const,
  title: text('Tell'),
  activity: 'notify',
  again: 'run' as const,
  input: { role: '"manager"', text: '"errand_ready"' },
};
const flows: Flow[] = [
  flowOf('looked_up', [wait({ people: { assign: { rule: 'role', role: 'manager' } }, on: [late] })]),
  flowOf('called', [{ ...called, on: [late] }]),
  flowOf('calling', [
    {
      id: 'wait',
      kind: 'callActivity',
      title: text('Call'),
      flow: 'looked_up',
      input: { what: 'what' },
      again: 'run',
      on: [late],
    },
  ]),
];

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage(flows);
});
afterAll(() => stage.close());

/** Nobody drives the case but this test: what it waits for in the world never answers, and an hour passes. */
async function playedPastTheTimer(key: string): Promise<{ caseId: string; run: Simulation; entries: DeltaEntry[] }> {
  const act = { flow: key, fields: { what: 'Wait' }, communityId: null };
  const { caseId } = await startCase(stage.deps, intend(stage.cast.staff), act);
  const { loaded } = await getFlow(stage.deps.db, { key, version: 1 });
  const unanswered = { resolve: () => undefined, perform: () => undefined, call: () => undefined };
  const run = new Simulation(compile(loaded), { caseId, ...unanswered });
  run.start(stage.cast.staff);
  run.advance(3_600_000);
  return { caseId, run, entries: entriesOf(run) };
}
/** Commands of a simulation are in no table. */
const entriesOf = (run: Simulation): DeltaEntry[] =>
  run.entries.map((entry) => ({ ...entry, event: { ...entry.event, command: null } }));
async function effectsOf(caseId: string) {
  const { rows } = await sql<{ step: string; state: string }>`
    select step, state from effect where case_id = ${caseId} order by id`.execute(stage.test.adminDb);
  return rows.map(({ step, state }) => `${step} ${state}`);
}

const inOrder = (entries: DeltaEntry[]) => entries;
const backwards = (entries: DeltaEntry[]) => entries.toReversed();

it.each([
  { what: 'people who were looked up', flow: 'looked_up', how: 'in order', order: inOrder },
  { what: 'people who were looked up', flow: 'looked_up', how: 'the other way round', order: backwards },
  { what: 'a case that was waited for', flow: 'calling', how: 'in order', order: inOrder },
  { what: 'a case that was waited for', flow: 'calling', how: 'the other way round', order: backwards },
])('$what when a timer closed the step: the effect has an end, $how', async ({ flow, order }) => {
  const { caseId, run, entries } = await playedPastTheTimer(flow);
  expect(run.state.timers).toEqual([]);

  for (const entry of order(entries)) await applyDelta(stage.deps.db, { caseId, entries: [entry] });

  expect((await effectsOf(caseId)).filter((each) => each.startsWith('wait'))).toEqual(['wait failed']);
});

it('an activity in flight is let finish, and ends as it ends', async () => {
  const { caseId, run, entries } = await playedPastTheTimer('called');
  await applyDelta(stage.deps.db, { caseId, entries });
  expect(await effectsOf(caseId)).toContain('tell pending');

  const [effect] = run.state.effects.filter(({ type }) => type === 'activity');
  run.consume({ type: 'activityDone', effect: effect!.id, vars: {}, patch: null });
  await applyDelta(stage.deps.db, { caseId, entries: entriesOf(run) });

  expect(await effectsOf(caseId)).toContain('tell done');
});
