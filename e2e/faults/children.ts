/** The cases that a case has called. */
import { waitUntil } from '../../server/services/wait.ts';
import type { Drive } from './acts.ts';
import type { Client } from './client.ts';

interface Wanted {
  flow: string;
  /** Those that were given out already. */
  seen: Set<string>;
}

/** One that nobody has been given yet, as soon as it is there. */
export async function waitForChild({ caseId, ledger }: Drive, client: Client, { flow, seen }: Wanted): Promise<Drive> {
  let found = '';
  await waitUntil(
    async () => {
      const { body } = await client.get(`/api/cases/${caseId}`);
      const { children } = body as { children: { flow: string; case: { id: string } | null }[] };
      const next = children.find((child) => child.flow === flow && child.case !== null && !seen.has(child.case.id));
      if (next?.case == null) return false;
      seen.add(next.case.id);
      found = next.case.id;
      return true;
    },
    { limitMs: 120_000 },
  );
  return { ledger, caseId: found };
}
