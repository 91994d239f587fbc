/**
 * The restore drill: real Postgres, real Temporal, both backed up twice while people work, and put back from different moments, each way.
 */
import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeAll, expect, inject, it } from 'vitest';
import { begin, handOut, look } from '../testing/rules.ts';
import { complete, intend, openTask, startErrand } from '../testing/cases.ts';
import { createDrill, type Drill } from '../testing/drill.ts';

let drill: Drill;
let backups: string;
/** Waits at its first step in both backups. */
let still: string;
/** At its first step in the first backup, at its second in the second. */
let moved: string;
/** At its first step in the first backup, over in the second. */
let ended: string;
/** Began between the two. */
let late: string;

beforeAll(async () => {
  drill = createDrill();
  backups = await mkdtemp(join(inject('runDir'), 'backups-'));
  await drill.up();
  const stage = drill.stage();
  still = (await begin(stage)).caseId;
  moved = (await begin(stage)).caseId;
  ended = (await begin(stage)).caseId;
  expect(await drill.command('backup', backups)).toMatchObject({ code: 0 });
  await hand(moved, { amount: 80 });
  await hand(ended);
  await finish(ended);
  late = (await begin(stage)).caseId;
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(await drill.command('backup', backups)).toMatchObject({ code: 0 });
  await drill.down();
}, 180_000);
afterEach(() => drill.down());

async function hand(caseId: string, fields: Record<string, unknown> = {}): Promise<void> {
  const stage = drill.stage();
  const task = await openTask(stage, caseId);
  await complete(stage, handOut(stage, task.id, fields), intend(stage.cast.dispatcher));
}

async function finish(caseId: string): Promise<void> {
  const stage = drill.stage();
  while ((await look(stage, caseId)).status === 'running') {
    const task = await openTask(stage, caseId);
    const { rows } = await sql<{ assignee: string | null }>`select assignee from task where id = ${task.id}`.execute(
      stage.deps.adminDb,
    );
    const person = rows[0]?.assignee ?? stage.cast.dispatcher;
    await complete(stage, { taskId: task.id, assignment: task.assignment }, intend(person));
  }
}

/** The first or the second. */
const backup = (index: number): string => join(backups, readdirSync(backups).sort()[index]!);

async function restore(postgres: number, temporal: number): Promise<void> {
  const only = ['--only', 'postgres', '--only', 'secrets'];
  expect(await drill.command('restore', backup(postgres), ...only, '--replace')).toMatchObject({ code: 0 });
  expect(await drill.command('restore', backup(temporal), '--only', 'temporal', '--replace')).toMatchObject({
    code: 0,
  });
}

/** Every case, and whether its log is whole. */
async function everything(): Promise<Record<string, unknown>> {
  const { rows } = await sql<{ id: string; status: string; whole: boolean }>`
    select c.id, c.status, c.applied_rev = c.seen_rev and c.applied_rev = (select count(*) from case_event e
      where e.case_id = c.id and e.hash is not null) as whole from "case" c`.execute(drill.stage().deps.adminDb);
  return Object.fromEntries(rows.map(({ id, status, whole }) => [id, `${status}${whole ? '' : ' with a gap'}`]));
}

it('heals a Temporal older than Postgres: nothing that was acknowledged is lost', async () => {
  await restore(1, 0);

  const dry = await drill.command('reconcile', '--dry-run');
  const healed = await drill.command('reconcile');
  const again = await drill.command('reconcile');

  expect(dry.code).toBe(1);
  expect(dry.out).toContain('running here (rev');
  expect(dry.out).toContain('unknown to Temporal');
  expect(dry.out).toContain('still running in Temporal');
  expect(dry.out).toContain('only rev');
  expect(dry.out).toContain('Cases compared: 4; different: 3, left: 3');
  expect(healed.out).toContain('Cases compared: 4; different: 3, left: 0');
  expect(healed.code).toBe(0);
  expect(again.out).toContain('Cases compared: 4; different: 0, left: 0');

  await drill.up();
  await hand(still);
  await hand(late);
  for (const caseId of [still, moved, late]) await finish(caseId);
  const over = await everything();
  const handle = drill.stage().deps.temporal.workflow.getHandle(ended);
  const description = await handle.describe();
  await drill.down();

  expect(over).toEqual({ [still]: 'completed', [moved]: 'completed', [ended]: 'completed', [late]: 'completed' });
  expect(description.status.name).toBe('COMPLETED');
}, 180_000);

it('heals a Postgres older than Temporal: who did what comes back from the histories', async () => {
  await restore(0, 1);

  const dry = await drill.command('reconcile', '--dry-run');
  const healed = await drill.command('reconcile');
  const again = await drill.command('reconcile');

  expect(dry.out).toContain('without a record here');
  expect(dry.out).toContain('Cases compared: 4; different: 3, left: 3');
  expect(healed.out).toContain('Acts that came back');
  expect(healed.out).toMatch(/Kept in .*reconciled/);
  expect(healed.out).toContain('Cases compared: 4; different: 3, left: 0');
  expect(again.out).toContain('different: 0, left: 0');

  await drill.up();
  expect(await everything()).toEqual({ [still]: 'running', [moved]: 'running', [ended]: 'completed' });
  const stage = drill.stage();
  // A people rule mentions the runner; nothing mentions the amount, so it never left the lost database.
  const { rows } = await sql<{ runner: string; amount: string | null }>`
    select runner, amount from record.errand where id = ${moved}`.execute(stage.deps.adminDb);
  expect(rows).toEqual([{ runner: stage.cast.runner, amount: null }]);
  expect((await look(stage, moved)).commands).toEqual([
    { n: 1, state: 'done' },
    { n: 2, state: 'done' },
  ]);
  await hand(still);
  for (const caseId of [still, moved]) await finish(caseId);
  const { caseId } = await startErrand(stage);
  await hand(caseId);
  await finish(caseId);
  const over = await everything();
  await drill.down();

  expect(Object.values(over)).toEqual(['completed', 'completed', 'completed', 'completed']);
}, 180_000);

it('refuses a backup that was changed, data that is there, and a Guanjia that runs', async () => {
  const occupied = await drill.command('restore', backup(1), '--only', 'temporal');
  await drill.up({ worker: false });
  const running = await drill.command('reconcile');
  const restoring = await drill.command('restore', backup(1), '--replace');
  await drill.down();

  expect(occupied).toMatchObject({ code: 1, out: expect.stringContaining('holds data') as string });
  expect(running).toMatchObject({ code: 1, out: expect.stringContaining('Stop it first') as string });
  expect(restoring).toMatchObject({ code: 1, out: expect.stringContaining('Stop it first') as string });
}, 90_000);
