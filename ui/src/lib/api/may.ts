// Whether a person holds a verb anywhere: for showing and hiding only, the server asks again.
import type { Me } from './types.gen.ts';

export function mayDo(me: Pick<Me, 'may'> | undefined, verb: string): boolean {
  return me?.may.some((held) => held === '*' || held === verb || held.startsWith(`${verb}:`)) ?? false;
}
