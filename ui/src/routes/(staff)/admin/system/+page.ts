import { requireVerb } from '#lib/api/may.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = ({ parent }) => requireVerb(parent, 'system.read');
