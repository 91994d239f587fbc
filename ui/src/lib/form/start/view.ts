// Pure: which of its faces the page that starts a case shows.
import { isProblem } from '#lib/api/problem.ts';

export type StartView = 'sent' | 'form' | 'loading' | 'offline' | 'gone' | 'failed';

interface Known {
  sent: unknown;
  start: unknown;
  loadFault: unknown;
}

/** A form that was read once stays, whatever fails later: nobody loses what they are writing. */
export function startView({ sent, start, loadFault }: Known): StartView {
  if (sent !== undefined) return 'sent';
  if (start !== undefined) return 'form';
  if (loadFault === undefined) return 'loading';
  if (!isProblem(loadFault)) return 'failed';
  if (loadFault.isPassing) return 'offline';
  return loadFault.status === 404 ? 'gone' : 'failed';
}
