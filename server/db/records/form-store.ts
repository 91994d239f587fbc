/** Published form types as compiled forms. A published version never changes, so it is compiled once for all. */
import { compileForm } from '../../../forms/compile.ts';
import type { CompiledForm } from '../../../forms/types.ts';
import { AppError } from '../../errors.ts';
import type { Db } from '../as.ts';

export interface LoadedForm extends CompiledForm {
  version: number;
}

/** By key, version and hash of the definition: another database may hold another definition under the same number. */
const compiled = new Map<string, LoadedForm>();
const mostCompiled = 500;

/**
 * The current version, or the given one.
 * @throws AppError not_found
 */
export async function loadForm(db: Db, key: string, version?: number): Promise<LoadedForm> {
  const found = await db
    .selectFrom('form_version as v')
    .innerJoin('form_type as t', 't.key', 'v.form')
    .select(['v.version', 'v.sha256'])
    .where('v.form', '=', key)
    .where('v.version', '=', (eb) => (version === undefined ? eb.ref('t.current_version') : eb.val(version)))
    .executeTakeFirst();
  if (found === undefined) throw new AppError('not_found', 404, { form: key });
  const cacheKey = `${key} ${found.version} ${found.sha256}`;
  const known = compiled.get(cacheKey);
  if (known !== undefined) return known;
  const row = await db
    .selectFrom('form_version')
    .select(['schema', 'layout'])
    .where('form', '=', key)
    .where('version', '=', found.version)
    .executeTakeFirstOrThrow();
  const loaded = { ...compileForm(row.schema, row.layout), version: found.version };
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(cacheKey, loaded);
  return loaded;
}
