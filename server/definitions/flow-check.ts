/** What the language's schema cannot say of a flow: it fits its form, names roles and activities that exist, and every expression parses. */
import { activities } from '../../activities/index.ts';
import { compile } from '../../workflows/engine/compile.ts';
import type { Flow, Step } from '../../workflows/engine/flow.gen.ts';
import { walk } from '../../workflows/engine/tree.ts';
import type { Tx } from '../db/as.ts';
import { loadForm } from '../db/records/form-store.ts';
import { AppError, type FieldError } from '../errors.ts';
import { whatEngineNeeds } from './published.ts';

export interface Meaning {
  formVersion: number;
  problems: FieldError[];
}

export async function checkMeaning(tx: Tx, flow: Flow): Promise<Meaning> {
  const form = await loadForm(tx, flow.form).catch((error: unknown) => {
    if (error instanceof AppError)
      throw new AppError('invalid_flow', 422, {}, [{ path: '/form', code: 'form_unknown' }]);
    throw error;
  });
  const compiled = compile({ key: flow.key, version: 0, sha256: JSON.stringify(flow), ...whatEngineNeeds(flow, form) });
  const problems: FieldError[] = compiled.problems.map((problem) => ({
    path: '/steps',
    code: 'expression_invalid',
    params: { ...problem },
  }));
  for (const { step } of walk(flow)) {
    if (step.kind === 'serviceTask' && !activities.has(step.activity))
      problems.push(at(step, 'activity', 'activity_unknown'));
  }
  return { formVersion: form.version, problems };
}

function at(step: Step, property: string, code: string): FieldError {
  return { path: `/steps/${step.id}/${property}`, code };
}
