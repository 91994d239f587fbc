// Whoever is signed in has nothing to do here; so too when the page was loaded again in the language of the account just signed in to.
import { redirect } from '@sveltejs/kit';
import { safeTarget } from '#lib/api/guard.ts';
import { homeOf, session } from '#lib/api/session.svelte.ts';

export async function load({ url }: { url: URL }): Promise<void> {
  const me = await session.load();
  if (me) redirect(307, safeTarget(url.searchParams.get('to')) ?? homeOf(me));
}
