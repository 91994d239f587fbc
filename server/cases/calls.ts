/**
 * Which case called this one, and which it has called: of each what its reader may see, and of the others that they are there, with the title of
 * their flow.
 */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Text } from '../../workflows/engine/flow.gen.ts';
import { withEngine, type Tx } from '../db/as.ts';
import type { CalledCase } from './schemas.ts';

type Called = Static<typeof CalledCase>;

export interface Calls {
  parent: Called | null;
  children: Called[];
  /** Also those that the list has no room for. */
  childrenTotal: number;
}
const mostShown = 50;

interface Row {
  other: string;
  /** Null: not to be seen, or not there yet. */
  seen: Called['case'];
  isParent: boolean;
  total: number;
}

export async function readCalls(tx: Tx, caseId: string): Promise<Calls> {
  // Row security leaves of the cases those that the reader may see.
  const { rows } = await sql<Row>`
    select l.other, l."isParent", l.total::int, case when k.id is not null then json_build_object('id', k.id, 'number', k.number,
      'title', k.title, 'status', k.status, 'outcome', k.outcome) end as seen
    from (
      (select parent as other, true as "isParent", 0 as total, effect from case_call where child = ${caseId})
      union all
      (select child, false, count(*) over (), effect from case_call where parent = ${caseId} order by effect desc limit ${mostShown})
    ) l left join "case" k on k.id = l.other
    order by l."isParent" desc, l.effect desc`.execute(tx);
  if (rows.length === 0) return { parent: null, children: [], childrenTotal: 0 };
  const flows = await readFlows(tx, caseId, rows);
  const toCalled = ({ other, seen }: Row): Called[] => {
    const flow = flows.get(other);
    return flow === undefined ? [] : [{ ...flow, case: seen }];
  };
  const parent = rows.find(({ isParent }) => isParent);
  const children = rows.filter(({ isParent }) => !isParent);
  return {
    parent: parent === undefined ? null : (toCalled(parent)[0] ?? null),
    children: children.flatMap(toCalled),
    childrenTotal: children[0]?.total ?? 0,
  };
}

/** By the other case: its flow is no secret, and of one that has not begun the call names it. */
function readFlows(
  tx: Tx,
  caseId: string,
  rows: readonly Row[],
): Promise<Map<string, Pick<Called, 'flow' | 'flowTitle'>>> {
  const others = rows.map(({ other }) => other);
  return withEngine(tx, async () => {
    const { rows: flows } = await sql<{ other: string; flow: string; flowTitle: Text | null }>`
      select x.other, x.flow, (select v.definition -> 'title' from flow f join flow_version v on v.flow = f.key and v.version = f.current_version
        where f.key = x.flow) as "flowTitle"
      from (select child as other, flow from case_call where parent = ${caseId} and child = any (${others}::uuid[])
        union all select k.id, k.flow from "case" k join case_call l on l.parent = k.id and l.child = ${caseId}) x`.execute(
      tx,
    );
    return new Map(
      flows.map(({ other, flow, flowTitle }) => [other, { flow, flowTitle: flowTitle ?? { 'zh-CN': flow, en: flow } }]),
    );
  });
}
