/**
 * 代理: who gets the work of somebody who is away. Whoever has a substitution for the case's flow and community, or is on leave with a
 * cover, is stood in for; a substitute who is away too is stood in for in turn, a few times, never in a circle. Whoever may not handle the
 * work, and the initiator of the case, stand in for nobody.
 */
import { sql } from 'kysely';
import type { Substitution } from '../../workflows/engine/types.ts';
import type { Tx } from '../db/as.ts';
import { findPresence, type Presence } from './presence.ts';

interface Place {
  flow: string;
  community: string | null;
  initiator: string;
  never: readonly string[];
}
export interface StoodIn {
  persons: string[];
  substitutions: Substitution[];
  /** Away or gone, and nobody stands in. */
  absent: string[];
}

/** Substitutes of substitutes. */
const LONGEST_CHAIN = 5;

interface Standing {
  id: string;
  gone: boolean;
  away: boolean;
  substitute: string | null;
}

interface Asking {
  place: Place;
  /** False: whoever is away is waited for, but nobody who has left gets work. */
  substitutes: boolean;
  /** The moment for which it is asked; the present by default. */
  at?: Date | undefined;
}

export async function standIns(
  tx: Tx,
  persons: readonly string[],
  { place, substitutes, at }: Asking,
): Promise<StoodIn> {
  const presence = await findPresence(tx, at);
  const found: StoodIn = { persons: [], substitutions: [], absent: [] };
  for (const person of new Set(persons)) {
    const chain = await follow(tx, person, { presence, place, substitutes });
    const to = chain.at(-1);
    if (to === undefined) found.absent.push(person);
    else {
      if (!found.persons.includes(to)) found.persons.push(to);
      const via = chain.slice(1, -1);
      if (chain.length > 1) found.substitutions.push({ for: person, to, ...(via.length === 0 ? {} : { via }) });
    }
  }
  return found;
}

interface Following {
  presence: Presence;
  place: Place;
  substitutes: boolean;
}

/** From the person to whoever works instead of them; empty: nobody does. */
async function follow(tx: Tx, person: string, following: Following): Promise<string[]> {
  const chain = [person];
  while (chain.length <= LONGEST_CHAIN) {
    const standing = await readStanding(tx, chain.at(-1) ?? person, following);
    if (standing === undefined) return [];
    const next = nextOf(standing, chain, following);
    if (next === null) return isThere(standing, following) ? chain : [];
    chain.push(next);
  }
  return [];
}

/** Null: nobody else. In a circle, or to whoever may not handle it, it does not go on. */
function nextOf(
  { gone, substitute }: Standing,
  chain: readonly string[],
  { place, substitutes }: Following,
): string | null {
  if (substitute === null || (!substitutes && !gone)) return null;
  const isBarred = substitute === place.initiator || place.never.includes(substitute);
  return isBarred || chain.includes(substitute) ? null : substitute;
}

function isThere({ gone, away }: Standing, { substitutes }: Following): boolean {
  return !gone && !(away && substitutes);
}

async function readStanding(
  tx: Tx,
  person: string,
  { presence: { moment, hasLeft, isOnLeave, cover }, place: { flow, community } }: Omit<Following, 'substitutes'>,
): Promise<Standing | undefined> {
  const { rows } = await sql<Standing>`
    select p.id, ${hasLeft} as gone, ${isOnLeave} as away, coalesce((
      select s.substitute_id from substitution s where s.person_id = p.id and s.ended_at is null
        and (${moment} at time zone community_zone(${community}::uuid))::date between s.from_on and coalesce(s.to_on, 'infinity')
        and (s.flows is null or ${flow} = any (s.flows)) and (s.communities is null or ${community}::uuid = any (s.communities))
      order by (s.flows is null), (s.communities is null), s.id desc limit 1), ${cover}) as substitute
    from person p where p.id = ${person}::uuid`.execute(tx);
  return rows[0];
}
