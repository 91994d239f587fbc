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
  consecutiveLevels: m.why_consecutive_levels,
  initiatorsChoice: m.why_initiators_choice,
  previousHandlersChoice: m.why_previous_choice,
  expression: m.why_expression,
};

const policies: Record<string, (words: { by: string }) => string> = {
  whenEmpty: () => m.why_policy_empty(),
  whenInitiator: () => m.why_policy_initiator(),
  delegated: m.why_policy_delegated,
  resolved: m.why_policy_resolved,
  added: m.why_policy_added,
  returned: () => m.why_policy_returned(),
  never: () => m.why_policy_never(),
  transferred: () => m.why_policy_transferred(),
  handedOver: () => m.why_policy_handed_over(),
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
  return [(say ?? m.why_other)(words), ...(policy ? [policy({ by })] : []), ...explainPeople(explanation)];
}

const applied: Record<string, (words: { who: string }) => string> = {
  never: m.why_applied_never,
  whenInitiator: m.why_applied_initiator,
  whenInitiatorHead: m.why_applied_head,
};

/** Who stands in for whom, who is away, and whom a policy left out. */
function explainPeople(explanation: Explanation): string[] {
  const { labels, substitutions = [], absent = [], policies = [] } = explanation;
  const name = (id: string): string => labels[id] ?? m.event_somebody();
  const list = (ids: readonly string[]): string => ids.map(name).join(m.common_list_separator());
  const others = substitutions.filter((each) => each.for !== explanation.for);
  return [
    ...(explanation.for === undefined ? [] : [m.why_for({ who: name(explanation.for) })]),
    ...others.map((each) => m.why_substitution({ who: name(each.for), to: name(each.to) })),
    ...(absent.length === 0 ? [] : [m.why_absent({ who: list(absent) })]),
    ...policies.flatMap(({ policy, persons }) => applied[policy]?.({ who: list(persons) }) ?? []),
  ];
}
