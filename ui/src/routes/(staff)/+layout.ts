import { requirePerson } from '#lib/api/guard.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ url }) => ({ me: await requirePerson(url, 'inbox') });
