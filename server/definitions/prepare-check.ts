/** What the engine's check cannot say of a `prepare`: whether the forms its lookups ask are there, with the fields they name. */
import type { Flow, Lookup, Prepare } from '../../workflows/engine/flow.gen.ts';
import { walk } from '../../workflows/engine/tree.ts';
import type { Tx } from '../db/as.ts';
import { loadForm } from '../db/records/form-store.ts';
import { checkQuestion, QuestionError } from '../db/records/question.ts';
import { AppError, type FieldError } from '../errors.ts';

interface Placed {
  path: string;
  lookup: Lookup;
}

export async function checkLookups(tx: Tx, flow: Flow): Promise<FieldError[]> {
  const problems: FieldError[] = [];
  for (const { path, lookup } of lookupsOf(flow)) {
    const problem = await problemOf(tx, lookup);
    if (problem !== undefined) problems.push({ path, ...problem });
  }
  return problems;
}

function lookupsOf(flow: Flow): Placed[] {
  const ofActions = [...walk(flow)].flatMap(({ step }) =>
    'actions' in step
      ? (step.actions ?? []).flatMap(({ outcome, prepare }) =>
          placed(prepare, `/steps/${step.id}/actions.${outcome}.prepare`),
        )
      : [],
  );
  return [...placed(flow.start.prepare, '/start.prepare'), ...ofActions];
}

function placed(prepare: Prepare | undefined, at: string): Placed[] {
  return (prepare?.lookups ?? []).map((lookup) => ({ path: `${at}.lookups.${lookup.name}`, lookup }));
}

async function problemOf(
  tx: Tx,
  { form: key, where = [], ...rest }: Lookup,
): Promise<Omit<FieldError, 'path'> | undefined> {
  try {
    checkQuestion(await loadForm(tx, key), { ...rest, where });
    return undefined;
  } catch (error) {
    if (error instanceof QuestionError) return { code: error.code, params: { detail: error.message } };
    if (error instanceof AppError) return { code: 'form_unknown', params: { form: key } };
    throw error;
  }
}
