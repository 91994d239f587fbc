// Sends what was submitted without a network, whatever page is open when it is back. The content goes with the key it was first tried
// with, so that a report whose answer was lost, or that two tabs send at once, becomes one case.
import { isProblem } from '#lib/api/problem.ts';
import type { CaseStarted, Text } from '#lib/api/types.gen.ts';
import type { Draft, Drafts } from '../draft.ts';

export interface Waiting {
  /** Of its draft. */
  name: string;
  flow: string;
  title: Text;
  savedAt: string;
  /** Code of the problem when the server refused it. */
  refused: string | undefined;
}

export interface Delivered {
  name: string;
  title: Text;
  started: CaseStarted;
  pending: boolean;
}

/** `body`: of the request that starts a case of the flow. */
export type Deliver = (flow: string, body: unknown, key: string) => Promise<{ value: CaseStarted; pending: boolean }>;

/** Oldest first; `beginning` of a name keeps those of others who share the device out. */
export function waitingIn(drafts: Drafts, beginning: string): Waiting[] {
  const found = drafts.names(beginning).flatMap((name): Waiting[] => {
    const { waits, savedAt, refused } = drafts.read(name) ?? {};
    return waits === undefined || savedAt === undefined ? [] : [{ name, ...waits, savedAt, refused }];
  });
  return found.sort((a, b) => a.savedAt.localeCompare(b.savedAt));
}

/** Sends one after the other and stops at the first that finds no server. A refused one stays, marked, until the person opens it. */
export async function sendWaiting(drafts: Drafts, beginning: string, deliver: Deliver): Promise<Delivered[]> {
  const delivered: Delivered[] = [];
  for (const waiting of waitingIn(drafts, beginning)) {
    if (waiting.refused !== undefined) continue;
    const sent = await sendOne(drafts, waiting, deliver);
    if (sent === 'no answer') break;
    if (sent !== undefined) delivered.push(sent);
  }
  return delivered;
}

async function sendOne(
  drafts: Drafts,
  waiting: Waiting,
  deliver: Deliver,
): Promise<Delivered | 'no answer' | undefined> {
  const { name, flow, title } = waiting;
  const draft = drafts.read(name);
  if (draft?.key === undefined || draft.sent === undefined) return undefined;
  try {
    const { value, pending } = await deliver(flow, JSON.parse(draft.sent), draft.key);
    // Unless it was changed meanwhile: that is another report.
    if (drafts.read(name)?.key === draft.key) drafts.drop(name);
    return { name, title, started: value, pending };
  } catch (error) {
    if (!isProblem(error) || error.isPassing || error.status === 401) return 'no answer';
    drafts.write(name, { ...withoutAttempt(draft), refused: error.code });
    return undefined;
  }
}

/** A refused attempt is over: what is sent next is another one. */
function withoutAttempt({ values, labels, version, waits }: Draft): Omit<Draft, 'savedAt'> {
  return { values, labels, version, ...(waits && { waits }) };
}
