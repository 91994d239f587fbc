/** Kept searches of one person: names and query strings, nobody else's business. */
import type { Static } from 'typebox';
import { asPerson, type Db, type Tx } from '../../db/as.ts';
import { AppError } from '../../errors.ts';
import type { SavedView, SavedViewBody } from './schemas.ts';

type View = Static<typeof SavedView>;
const mostViews = 30;

export function listViews(db: Db, person: string): Promise<{ items: View[] }> {
  return asPerson(db, person, async (tx) => ({ items: await readViews(tx) }));
}

/** The same name again replaces its search. @throws AppError too_many_views */
export function saveView(db: Db, person: string, { name, query }: Static<typeof SavedViewBody>): Promise<View> {
  return asPerson(db, person, async (tx) => {
    const row = await tx
      .insertInto('saved_view')
      .values({ person_id: person, name: name.trim(), query })
      .onConflict((same) => same.columns(['person_id', 'name']).doUpdateSet({ query }))
      .returning(['id', 'name', 'query', 'created_at'])
      .executeTakeFirstOrThrow();
    if ((await readViews(tx)).length > mostViews) throw new AppError('too_many_views', 422, { most: mostViews });
    return toView(row);
  });
}

/** @throws AppError not_found */
export function deleteView(db: Db, person: string, id: string): Promise<void> {
  return asPerson(db, person, async (tx) => {
    const row = await tx.deleteFrom('saved_view').where('id', '=', id).returning('id').executeTakeFirst();
    if (row === undefined) throw new AppError('not_found', 404);
  });
}

/** Row security leaves one's own. */
async function readViews(tx: Tx): Promise<View[]> {
  const rows = await tx.selectFrom('saved_view').select(['id', 'name', 'query', 'created_at']).orderBy('id').execute();
  return rows.map(toView);
}

function toView({ id, name, query, created_at }: { id: string; name: string; query: string; created_at: Date }): View {
  return { id, name, query, createdAt: created_at.toISOString() };
}
