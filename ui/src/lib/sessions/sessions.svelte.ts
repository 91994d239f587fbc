// Where one is signed in; a device that is signed out leaves the list at once.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import type { OwnSession, OwnSessions } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';
import { toasts } from '#lib/parts/toasts.svelte.ts';

export class SessionList {
  items = $state.raw<OwnSession[] | undefined>();
  error = $state('');
  /** Id of the one that is being ended; `others`: all but this. */
  busy = $state('');

  async load(): Promise<void> {
    try {
      this.items = (await api.get<OwnSessions>('/api/me/sessions')).items;
      this.error = '';
    } catch (error) {
      this.error = problemText(error);
    }
  }

  end(session: OwnSession): Promise<void> {
    return this.#end(session.id, `/api/me/sessions/${session.id}`, m.sessions_ended({ device: deviceName(session) }));
  }

  endOthers(): Promise<void> {
    return this.#end('others', '/api/me/sessions', m.sessions_ended_others());
  }

  async #end(what: string, path: string, done: string): Promise<void> {
    if (this.busy !== '') return;
    this.busy = what;
    try {
      await api.send('DELETE', path);
      toasts.show(done, { tone: 'accent' });
    } catch (error) {
      toasts.show(problemText(error), { tone: 'danger' });
    } finally {
      this.busy = '';
    }
    await this.load();
  }
}

/** Chrome · Windows */
export function deviceName({ browser, system, kind }: OwnSession): string {
  const known = [browser, system].filter((part) => part !== null).join(' · ');
  return known || (kind === 'token' ? m.sessions_program() : m.sessions_unknown());
}
