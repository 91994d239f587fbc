// «为什么是我？»: the stored reason of an assignment as one or two sentences.
import type { Explanation } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';

interface Words {
  role: string;
  who: string;
  step: string;
  rule: string;
}

const rules: Record<string, (words: Words) => string> = {
  pool: m.why_pool,
  field: m.why_field,
  initiator: m.why_initiator,
  previous: (words) => (words.step === '' ? m.why_previous_last() : m.why_previous(words)),
  persons: m.why_persons,
  role: m.why_role,
  departmentHead: m.why_department_head,
  post: m.why_post,
  leastLoaded: m.why_least_loaded,
  roundRobin: m.why_round_robin,
  onDuty: m.why_on_duty,
};

const policies: Record<string, (words: { by: string }) => string> = {
  whenEmpty: () => m.why_policy_empty(),
  whenInitiator: () => m.why_policy_initiator(),
  delegated: m.why_policy_delegated,
  resolved: m.why_policy_resolved,
  added: m.why_policy_added,
};

/** The name of an input: its label, or the plain word it is. */
function named(explanation: Explanation, keys: readonly string[], names: Record<string, string> | undefined): string {
  for (const key of keys) {
    const value = explanation.inputs[key];
    const all: unknown[] = Array.isArray(value) ? value : [value];
    const words = all.flatMap((one) =>
      typeof one === 'string' ? [explanation.labels[one] ?? names?.[one] ?? (names ? one : '')] : [],
    );
    const text = words.filter((word) => word !== '').join(m.common_list_separator());
    if (text !== '') return text;
  }
  return '';
}

/** Sentences, at least one. `names` are titles of roles, posts and steps by their keys. */
export function explain(explanation: Explanation, names: Record<string, string> = {}): string[] {
  const say = rules[explanation.rule];
  const words: Words = {
    role: named(explanation, ['role', 'post'], names),
    who: named(explanation, ['persons', 'person', 'value', 'chosen'], undefined) || m.event_somebody(),
    step: named(explanation, ['step'], names),
    rule: explanation.rule,
  };
  const policy = explanation.policy === undefined ? undefined : policies[explanation.policy];
  const by = explanation.labels[explanation.by ?? ''] ?? m.event_somebody();
  return [(say ?? m.why_other)(words), ...(policy ? [policy({ by })] : [])];
}
