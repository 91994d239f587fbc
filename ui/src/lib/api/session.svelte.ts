// Who is signed in. Loaded once by the layouts; everything that shows a name, a zone or a community reads it here.
import { changeLocale, currentLocale } from '#lib/i18n/locale.ts';
import { setTimeZone } from '#lib/time/format.ts';
import { api } from './client.ts';
import { live } from './live.svelte.ts';
import { mayDo } from './may.ts';
import { isProblem } from './problem.ts';
import type { DemoAccounts, Me } from './types.gen.ts';

/** Set while this browser has a session; the cookie itself no script can see. */
const SIGNED_IN = 'signed-in';

class Session {
  me = $state<Me | undefined>();
  /** The community the lists are narrowed to; empty: all of them. */
  communityId = $state(localStorage.getItem('community') ?? '');

  /** Asks the server who this is. undefined: nobody. Other faults are thrown. */
  async load(): Promise<Me | undefined> {
    if (this.me) return this.me;
    // Nobody signed in here: asking would only be refused, which browsers log as an error.
    if (localStorage.getItem(SIGNED_IN) === null) return undefined;
    try {
      this.#enter(await api.get<Me>('/api/me'));
    } catch (error) {
      if (!isProblem(error) || error.status !== 401) throw error;
      localStorage.removeItem(SIGNED_IN);
      return undefined;
    }
    return this.me;
  }

  async signIn(username: string, password: string): Promise<Me | undefined> {
    await api.send('POST', '/api/session', { username, password });
    this.me = undefined;
    localStorage.setItem(SIGNED_IN, '1');
    return this.load();
  }

  async signOut({ everywhere = false } = {}): Promise<void> {
    await api.send('DELETE', everywhere ? '/api/sessions' : '/api/session');
    this.forget();
  }

  /** The server no longer knows this session. */
  forget(): void {
    live.stop();
    localStorage.removeItem(SIGNED_IN);
    this.me = undefined;
  }

  chooseCommunity(id: string): void {
    this.communityId = id;
    localStorage.setItem('community', id);
    this.#keepTime();
  }

  /** The accounts of a demo, or none: a real installation answers 404. */
  async demoAccounts(): Promise<DemoAccounts | undefined> {
    try {
      return await api.get<DemoAccounts>('/api/session/demo');
    } catch (error) {
      if (isProblem(error)) return undefined;
      throw error;
    }
  }

  #enter(me: Me): void {
    this.me = me;
    if (!me.communities.some((community) => community.id === this.communityId)) this.communityId = '';
    this.#keepTime();
    live.start();
    if (me.locale && me.locale !== currentLocale()) changeLocale(me.locale);
  }

  #keepTime(): void {
    const communities = this.me?.communities ?? [];
    const shown = communities.find((community) => community.id === this.communityId) ?? communities[0];
    setTimeZone(shown?.timeZone ?? 'Asia/Shanghai');
  }
}

export const session = new Session();

/** Where a person belongs after signing in: who looks after the work of others begins with how it stands. */
export function homeOf(me: Me): '/inbox' | '/overview' | '/portal' {
  if (!me.homes.includes('inbox') && me.homes.length > 0) return '/portal';
  return mayDo(me, 'overview.read') ? '/overview' : '/inbox';
}
