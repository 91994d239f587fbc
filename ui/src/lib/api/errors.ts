// Problem codes as sentences for people. A code without a sentence shows the server's title, which is at least honest.
import { m } from '#lib/paraglide/messages.js';
import { ApiProblem } from './problem.ts';

const texts: Record<string, (problem: ApiProblem) => string> = {
  offline: () => m.errors_offline(),
  not_found: () => m.errors_not_found(),
  forbidden: () => m.errors_forbidden(),
  unauthenticated: () => m.errors_unauthenticated(),
  invalid_credentials: () => m.errors_invalid_credentials(),
  rate_limited: () => m.errors_rate_limited(),
  invalid_request: () => m.errors_invalid_request(),
  invalid_fields: () => m.errors_invalid_request(),
  task_closed: () => m.errors_task_closed(),
  assignment_changed: () => m.errors_assignment_changed(),
  act_not_allowed: () => m.errors_act_not_allowed(),
  action_not_offered: () => m.errors_action_not_offered(),
  already_paused: () => m.errors_already_paused(),
  not_paused: () => m.errors_not_paused(),
  prepare_failed: () => m.errors_prepare_failed(),
  return_target_invalid: () => m.errors_return_target_invalid(),
  substitution_circle: () => m.errors_substitution_circle(),
  question_closed: () => m.errors_question_closed(),
  choice_invalid: () => m.errors_choice_invalid(),
  never_handles: () => m.errors_never_handles(),
  signer_already: ({ params }) => naming(params.person, m.errors_signer_already_who) ?? m.errors_signer_already(),
  signer_unknown: ({ params }) => naming(params.person, m.errors_signer_unknown_who) ?? m.errors_signer_unknown(),
  take_back_too_late: ({ params }) =>
    naming(params.by, gone[String(params.how)] ?? (() => m.errors_take_back_too_late())) ??
    m.errors_take_back_too_late(),
  flow_version_changed: () => m.errors_flow_version_changed(),
  field_changed: () => m.errors_field_changed(),
  case_busy: () => m.errors_case_busy(),
  case_closed: () => m.errors_case_closed(),
  case_suspended: () => m.errors_case_suspended(),
  not_suspended: () => m.errors_not_suspended(),
  case_ending: () => m.errors_case_ending(),
  key_reused: () => m.errors_key_reused(),
  search_too_broad: () => m.errors_search_too_broad(),
  unavailable: () => m.errors_unavailable(),
  too_large: () => m.errors_too_large(),
  unsupported_file: () => m.errors_unsupported_file(),
  not_yours: () => m.errors_assignment_changed(),
  wrong_password: () => m.errors_password_wrong(),
};

/** How somebody has gone on from a decision. */
const gone: Record<string, (words: { name: string }) => string> = {
  claimed: m.errors_take_back_claimed,
  drafted: m.errors_take_back_drafted,
  decided: m.errors_take_back_decided,
};

/** A sentence about a person, where the server names one. */
function naming(person: unknown, say: (words: { name: string }) => string): string | undefined {
  const name = nameOf(person);
  return name === undefined ? undefined : say({ name });
}

function nameOf(person: unknown): string | undefined {
  const name = typeof person === 'object' && person !== null && 'name' in person ? person.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

function byStatus(problem: ApiProblem): string {
  if (problem.status === 404) return m.errors_not_found();
  if (problem.status === 403) return m.errors_forbidden();
  if (problem.status === 429) return m.errors_rate_limited();
  if (problem.status === 502 || problem.status === 503 || problem.status === 504) return m.errors_unavailable();
  if (problem.status >= 500) return m.errors_server();
  return problem.message;
}

/** One sentence for whatever was thrown. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiProblem)) return m.errors_unknown();
  return texts[error.code]?.(error) ?? byStatus(error);
}

/** Who was first, when the server says so. */
export function winnerOf(problem: ApiProblem): string | undefined {
  const by = problem.params.by ?? problem.params.closedBy ?? problem.params.holder;
  return typeof by === 'string' ? by : nameOf(by);
}
