// The front door: to the inbox, to the portal, or to the sign-in page.
import { redirect } from '@sveltejs/kit';
import { homeOf, session } from '#lib/api/session.svelte.ts';

export async function load(): Promise<never> {
  const me = await session.load();
  redirect(307, me ? homeOf(me) : '/sign-in');
}
