/** The versions of its flow that a case has been on: a migration moves it from one to another, and its log tells by entry. */
import type { Kysely } from 'kysely';
import { compile, type Compiled } from '../../workflows/engine/compile.ts';
import type { Versions } from '../../workflows/engine/fold.ts';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import type { Database } from '../db/tables/index.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';

/** `flow`: the version that the case is on now. */
export async function versionsIn(
  db: Kysely<Database>,
  { key, version: current, loaded }: Pick<PublishedFlow, 'key' | 'version' | 'loaded'>,
  entries: readonly Pick<DeltaEntry, 'flowVersion'>[],
): Promise<Versions> {
  const compiled = new Map<number, Compiled>([[current, compile(loaded)]]);
  for (const version of new Set(entries.map(({ flowVersion }) => flowVersion)))
    if (!compiled.has(version)) compiled.set(version, compile((await getFlow(db, { key, version })).loaded));
  return (version) => {
    const known = compiled.get(version);
    if (known === undefined) throw new Error(`version ${version} of ${key} is not among those of the log`);
    return known;
  };
}
