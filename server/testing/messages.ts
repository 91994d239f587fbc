/** For tests of messages: steps that wait for them, flows of such steps, and what became of a message, in rows. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Flow, Handler, Receive } from '../../workflows/engine/flow.gen.ts';
import { acceptMessage, type Incoming, type MessageState } from '../commands/messages/accept.ts';
import { startCase } from '../commands/start.ts';
import { publishFlow } from '../definitions/flows.ts';
import type { Deps } from '../deps.ts';
import { intend, type CaseStage } from './cases.ts';
import { after, flowOf, look } from './rules.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
/** What whoever waits here writes into the record. */
export const output = { note: 'text', amount: 'sum' };

/** Waits for a message whose key is the note of the case. */
export const receiving = (name: string, more: Partial<Receive> = {}): Receive => ({
  id: 'paid',
  kind: 'receive',
  title: text('Paid'),
  message: name,
  key: 'note',
  output,
  ...more,
});
export const telling = (name: string) => ({ catch: 'message' as const, name, key: 'note', output });
export const sounding = (name: string, more: { output?: Record<string, string> } = {}) => ({
  catch: 'signal' as const,
  name,
  ...more,
});
/** Waits for the first of two things, then for a person. */
export const racing = (...waits: (ReturnType<typeof telling> | ReturnType<typeof sounding>)[]): Flow['steps'] => [
  {
    id: 'first_of',
    kind: 'race',
    title: text('Whichever is first'),
    branches: waits.map((wait) => ({ title: text(wait.name), wait, steps: [] })),
  },
  after,
];

let made = 0;
/** A name that no other test uses: what waits there does not meet this one's messages. */
export const fresh = (word: string): string => `${word}_${(made += 1)}`;

/** Publishes a flow of its own. */
export async function publishSteps({ test }: CaseStage, steps: Flow['steps'], on?: Handler[]): Promise<string> {
  const key = fresh('flow');
  await publishFlow(test.adminDb, { ...flowOf(key, steps), ...(on && { on }) }, { note: null, by: null });
  return key;
}

export interface Beginning {
  flow: string;
  /** Correlates. */
  note: string;
  what?: string;
  deps?: Deps;
}
export async function beginCase(stage: CaseStage, { flow, note, ...given }: Beginning): Promise<string> {
  const fields = { what: given.what ?? 'Wait for it', note };
  const act = { flow, fields, communityId: null };
  return (await startCase(given.deps ?? stage.deps, intend(stage.cast.staff), act)).caseId;
}

export const aMessage = (given: Partial<Incoming> & Pick<Incoming, 'name'>): Incoming => ({
  id: randomUUID(),
  kind: 'message',
  key: 'K-1',
  fields: { text: 'by card', sum: 12.5 },
  communityId: null,
  by: null,
  fromCase: null,
  ...given,
});
export const aSignal = (name: string): Incoming => aMessage({ name, kind: 'signal', key: null });
export const accept = ({ deps }: CaseStage, message: Incoming): Promise<MessageState> =>
  acceptMessage(deps.db, message);

/** To which cases it went, in the order of their waiting, and how that went. */
export async function deliveriesOf({ test }: CaseStage, id: string): Promise<[caseId: string, state: string][]> {
  const { rows } = await sql<{ case: string; state: string }>`
    select d.case_id as case, d.state from message_delivery d join "case" c on c.id = d.case_id where message_id = ${id}
    order by c.started_at`.execute(test.adminDb);
  return rows.map((row) => [row.case, row.state]);
}

export async function becameOf(
  { test }: CaseStage,
  id: string,
): Promise<{ state: MessageState; reason: string | null; fields: object } | undefined> {
  const { rows } = await sql<{ state: MessageState; reason: string | null; fields: object }>`
    select state, reason, fields from message where id = ${id}`.execute(test.adminDb);
  return rows[0];
}

/** How often the case took one, by its log. */
export async function timesTaken(stage: CaseStage, caseId: string): Promise<number> {
  const { types } = await look(stage, caseId);
  return types.filter((type) => type === 'message_received' || type === 'signal_received').length;
}

/** The record, and what the newest event wrote into it. */
export async function written(
  { test }: CaseStage,
  caseId: string,
): Promise<{ note: string; amount: string | null; patch: object | null } | undefined> {
  const { rows } = await sql<{ note: string; amount: string | null; patch: object | null }>`
    select r.note, r.amount, (select patch from case_event e where e.case_id = r.id order by rev desc limit 1) as patch
    from record.errand r where id = ${caseId}`.execute(test.adminDb);
  return rows[0];
}

/** Whatever was put off is due now. */
export async function comeDue({ test }: CaseStage): Promise<void> {
  await sql`update message_delivery set next_at = now(), lease_until = null where state = 'pending'`.execute(
    test.adminDb,
  );
}
