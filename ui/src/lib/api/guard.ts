// Loads who is signed in before a page is shown, and sends everyone else to the sign-in page with the way back.
import { redirect } from '@sveltejs/kit';
import { homeOf, session } from './session.svelte.ts';
import type { Me } from './types.gen.ts';

/** For the `load` of a layout whose pages need a person who is at home there; everybody else goes to their own home. */
export async function requirePerson(url: URL, home: Me['homes'][number]): Promise<Me> {
  const me = await session.load();
  if (!me) redirect(307, `/sign-in?to=${encodeURIComponent(url.pathname + url.search)}`);
  const isAtHome = me.homes.includes(home) || (me.homes.length === 0 && home === 'inbox');
  if (!isAtHome) redirect(307, homeOf(me));
  return me;
}

/** Only a path of our own is followed, never another site's. */
export function safeTarget(to: string | null): string | undefined {
  return to?.startsWith('/') && !to.startsWith('//') && !to.startsWith('/\\') ? to : undefined;
}
