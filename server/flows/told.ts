/** Drafts and what is found against them, in the language of whoever asks. */
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import type { FieldError } from '../errors.ts';
import type { App } from '../http.ts';
import { languageOf, type Asking } from '../language.ts';
import { withSentence } from '../problems.ts';
import { getFlowDraft } from './definitions.ts';
import type { FlowDraft } from './schemas.ts';

/** What is found against a definition, told in the language of who asks. */
export function told(app: App, request: Asking, found: readonly FieldError[]): ReturnType<typeof withSentence>[] {
  const language = languageOf(request, app.deps.config.locale);
  return found.map((each) => withSentence(each, language));
}

/** @throws AppError not_found */
export async function readDraft(app: App, request: Asking, tx: Tx, key: string): Promise<Static<typeof FlowDraft>> {
  const draft = await getFlowDraft(tx, key);
  return { ...draft, problems: told(app, request, draft.problems) };
}
