// Whether a person holds a verb anywhere: for showing and hiding only, the server asks again.
import { error } from '@sveltejs/kit';
import type { Me } from './types.gen.ts';

export function mayDo(me: Pick<Me, 'may'> | undefined, verb: string): boolean {
  return me?.may.some((held) => held === '*' || held === verb || held.startsWith(`${verb}:`)) ?? false;
}

/** For the `load` of a page that a verb opens: whoever came by its address without holding it reads so, with a way back. */
export async function requireVerb(parent: () => Promise<{ me: Pick<Me, 'may'> }>, verb: string): Promise<void> {
  const { me } = await parent();
  if (!mayDo(me, verb)) error(403);
}
