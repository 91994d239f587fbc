/**
 * What the commands of a case ask is found by keys from the first day on: the tables are all but empty then, and Postgres keeps the plans it
 * makes. Each statement of a case's way is explained as it would be kept.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { asActor, asEngine, type Tx } from '../db/as.ts';
import { PipeliningClient } from '../db/pipelining-client.ts';
import { complete, createCaseStage, intend, openTask, startErrand, type CaseStage } from '../testing/cases.ts';

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
});
afterAll(() => stage.close());

/** The connection reads it, and Postgres does not. */
const withoutMark = (text: string): string => text.replace(/\/\* (?:and commit|with next|answer later) \*\/$/, '');
const hasValues = (values: unknown): boolean => Array.isArray(values) && values.length > 0;

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  'Recheck Cond'?: string;
  Plans?: PlanNode[];
}

/** Reads of a table or an index from end to end. */
function longReads(node: PlanNode): string[] {
  const isLong = node['Node Type'].endsWith('Scan') && node['Index Cond'] === undefined;
  const own = isLong ? [node['Index Name'] ?? node['Relation Name']].filter((name) => name !== undefined) : [];
  const byBitmap = node['Recheck Cond'] === undefined ? own : [];
  return [...byBitmap, ...(node.Plans ?? []).flatMap(longReads)];
}

async function planOf(tx: Tx, text: string): Promise<PlanNode> {
  const { rows } = await sql<{
    'QUERY PLAN': { Plan: PlanNode }[];
  }>`explain (generic_plan, format json) ${sql.raw(text)}`.execute(tx);
  return rows[0]!['QUERY PLAN'][0]!.Plan;
}

/** As whoever asks it does: the person, under row security, or the engine. */
async function longReadsOf(text: string): Promise<string[]> {
  const { deps, cast } = stage;
  const explain = async (tx: Tx): Promise<string[]> => longReads(await planOf(tx, text));
  return asActor(deps.db, cast.dispatcher, explain).catch(() => asEngine(deps.db, explain));
}

it('reads no table and no index from end to end', async () => {
  const spy = vi.spyOn(PipeliningClient.prototype, 'query');
  const { caseId } = await startErrand(stage, { amount: 3 });
  const first = await openTask(stage, caseId, 'hand_out');
  const fields = { runner: stage.cast.runner, note: 'soon' };
  await complete(stage, { taskId: first.id, outcome: 'handed_out', fields }, intend(stage.cast.dispatcher));
  const second = await openTask(stage, caseId, 'run');
  await complete(stage, { taskId: second.id }, intend(stage.cast.runner));
  const asked = new Set(
    spy.mock.calls.flatMap(([text, values]) => (hasValues(values) ? [withoutMark(String(text))] : [])),
  );
  spy.mockRestore();

  const statements = [...asked].filter((text) => /\b(?:case|task|errand)\b/.test(text));
  const found = await Promise.all(
    statements.map(async (text) => [text.slice(0, 80), await longReadsOf(text)] as const),
  );

  expect(statements.length).toBeGreaterThanOrEqual(8);
  expect(found.filter(([, long]) => long.length > 0)).toEqual([]);
});
