/**
 * What other cases notice of bad neighbours: the errand's two steps, in turns without and with cases that fail beside it (a formula that
 * fails, nobody to be found, a missing record, a loop without end, an activity that answers five megabytes), in one run on one machine.
 * Prints one table and the ratio; the aim is a p95 within 1.2 times.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { activities, type Activity } from '../activities/index.ts';
import { startCase } from '../server/commands/start.ts';
import { publishFlow } from '../server/definitions/flows.ts';
import { flowOf } from '../server/testing/rules.ts';
import type { Flow, Step } from '../workflows/engine/flow.gen.ts';
import { guanjia } from './human-step/guanjia.ts';
import { openStage, type Stage } from './human-step/stage.ts';

const rounds = 3;
const flowsARound = 40;
/** Between two bad cases. */
const pauseMs = 1000;

const title = { 'zh-CN': '坏', en: 'Bad' };
const seat: Step = { id: 'seat', kind: 'userTask', title, people: { assign: { rule: 'initiator' } } };
const tell: Step = { id: 'tell', kind: 'cc', title, people: { assign: { rule: 'initiator' } } };
const call = (activity: string, rest: object): Step => ({
  id: 'call',
  kind: 'serviceTask',
  title,
  activity,
  again: 'run',
  ...rest,
});
const round = (id: string, step: Step): Step => ({ id, kind: 'loop', title, until: 'false', max: 100, steps: [step] });
const bad: Record<string, Flow['steps']> = {
  bad_feel: [
    {
      id: 'fork',
      kind: 'exclusive',
      title,
      branches: [{ title, when: 'date(note) < today', steps: [seat] }],
      otherwise: { steps: [] },
    },
  ],
  bad_person: [{ ...seat, people: { assign: { rule: 'persons', persons: [randomUUID()] }, whenEmpty: 'incident' } }],
  bad_record: [call('record.update', { input: { form: '"post"', id: `"${randomUUID()}"`, fields: '{ name: what }' } })],
  bad_loop: [round('outer', round('middle', round('inner', tell)))],
  bad_answer: [call('heavy', { output: { note: 'text' } })],
};
const heavy: Activity = {
  name: 'heavy',
  title,
  description: title,
  errors: {},
  retry: { attempts: 1, firstWaitMs: 1000, longestWaitMs: 1000 },
  input: { type: 'object' },
  output: { type: 'object', properties: { text: { type: 'string' } } },
  run: () => Promise.resolve({ text: 'x'.repeat(5_000_000) }),
};

(activities as Map<string, Activity>).set(heavy.name, heavy);
const stage = await openStage();
try {
  for (const [key, steps] of Object.entries(bad))
    await publishFlow(stage.deps.adminDb, flowOf(key, steps), { note: null, by: null });
  const errands = await guanjia(stage);
  const times: Record<'quiet' | 'noisy', number[]> = { quiet: [], noisy: [] };
  let disturbed = 0;
  const measure = async (): Promise<number[]> => {
    const spent: number[] = [];
    for (let n = 0; n < flowsARound; n += 1) {
      let began = performance.now();
      const flow = await errands.first(await errands.start());
      spent.push(performance.now() - began);
      began = performance.now();
      await errands.second(flow);
      spent.push(performance.now() - began);
    }
    return spent;
  };
  await measure();
  for (let n = 0; n < rounds; n += 1) {
    times.quiet.push(...(await measure()));
    const life = new AbortController();
    const noise = disturb(stage, life.signal);
    times.noisy.push(...(await measure()));
    life.abort();
    disturbed += await noise;
    await sleep(1000);
  }
  await errands.stop();
  print(times, disturbed);
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
} finally {
  await stage.close();
}

/** Starts bad cases in turn until it is over; gives how many. */
async function disturb({ deps, people }: Stage, life: AbortSignal): Promise<number> {
  const keys = Object.keys(bad);
  let begun = 0;
  const running: Promise<unknown>[] = [];
  while (!life.aborted) {
    const act = {
      flow: keys[begun % keys.length] ?? '',
      fields: { what: 'Fetch', note: 'some day' },
      communityId: null,
    };
    const intention = {
      person: people.staff,
      key: { key: randomUUID(), route: 'bench' },
      requestHash: randomBytes(32),
    };
    // One that is not done within its request goes on by itself.
    running.push(startCase(deps, intention, act).catch(() => undefined));
    begun += 1;
    await sleep(pauseMs);
  }
  await Promise.all(running);
  return begun;
}

function print({ quiet, noisy }: Record<'quiet' | 'noisy', number[]>, disturbed: number): void {
  const at = (list: number[], share: number): number =>
    list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;
  const ms = (value: number): string => value.toFixed(1);
  process.stdout.write(
    `${String(quiet.length)} acts alone, ${String(noisy.length)} beside ${String(disturbed)} bad cases\n\n`,
  );
  process.stdout.write('| ms an act | alone | beside | ratio |\n| --- | ---: | ---: | ---: |\n');
  for (const [name, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const) {
    const [alone, beside] = [at(quiet, share), at(noisy, share)];
    process.stdout.write(`| ${name} | ${ms(alone)} | ${ms(beside)} | ${(beside / alone).toFixed(2)} |\n`);
  }
}
