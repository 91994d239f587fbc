/**
 * What a schema cannot say about a flow: everything that would leave a case stuck, lose a field or let personal data into the
 * engine is refused before the flow is published. For a flow that passes, `step` never throws (design.md section 5).
 */
import { checkCalendars } from './checks/calendars.ts';
import { checkCalls } from './checks/calls.ts';
import { checkCompensations } from './checks/compensation.ts';
import { checkControl } from './checks/control.ts';
import { checkItems } from './checks/items.ts';
import { checkFields } from './checks/fields.ts';
import { checkHandlers } from './checks/handlers.ts';
import { checkExpressions } from './checks/expressions.ts';
import { checkPeople } from './checks/people.ts';
import { checkPreparations } from './checks/prepare.ts';
import { checkStart } from './checks/start.ts';
import { checkStructure } from './checks/structure.ts';
import { checkTasks } from './checks/tasks.ts';
import type { Flow } from './flow.gen.ts';
import { stepsOf, walk, type StepsById, type Visit } from './tree.ts';
import type { Json, StepId } from './types.ts';

/** What the flow is checked against: its form, and what the company knows. */
export interface CheckContext {
  /** Fields of the form type by key. */
  fields: Record<string, CheckField>;
  /** Keys of the roles. */
  roles: readonly string[];
  /** Keys of the working calendars. */
  calendars: readonly string[];
  /** The activities the worker registers, by name. */
  activities: Record<string, CheckActivity>;
  /** The flows that may be called, by key; left out: they are not known here. */
  flows?: Record<string, CheckCalled>;
}
/** Field names: what its start takes, what of that it needs, and what of its record may be read. */
interface CheckCalled {
  takes: readonly string[];
  needs: readonly string[];
  gives: readonly string[];
}
/** Its JSON Schemas; of them only which properties there are and must be. */
export interface CheckActivity {
  input: ObjectSchema;
  output: ObjectSchema;
}
interface ObjectSchema {
  properties?: object;
  required?: readonly string[];
  /** Given as a schema: names that only its step knows may be there too. */
  additionalProperties?: boolean | object;
}
interface CheckField {
  /** As in design.md section 3: text, person, money, … */
  type: string;
  /** `x-personal`: may not take part in engine expressions (rule 16). */
  personal?: boolean;
  /** FEEL of a computed field. */
  formula?: string;
  /** Computed or numbered by the server: no step writes it. */
  readOnly?: boolean;
  /** Of a sub-table, by name. */
  columns?: Record<string, CheckField>;
}

export interface CheckProblem {
  /** Null: of the flow as a whole. */
  step: StepId | null;
  /** Path within the step, or within the flow. */
  property: string;
  code: CheckCode;
  params: Record<string, Json>;
}
export const CHECK_CODES = [
  'step_id_duplicate',
  'too_many_steps',
  'step_unreachable',
  'join_too_many',
  'join_never_met',
  'timer_without_time',
  'timer_times_two',
  'unknown_calendar',
  'calendar_unused',
  'jump_target_invalid',
  'jump_without_wait',
  'item_name_taken',
  'list_not_list',
  'end_of_no_scope',
  'handler_id_duplicate',
  'handler_never_happens',
  'handler_covered',
  'cancel_of_no_scope',
  'compensation_of_no_step',
  'compensation_twice',
  'nothing_to_undo',
  'every_interrupting',
  'no_way_forward',
  'unknown_step',
  'unknown_field',
  'unknown_role',
  'unknown_activity',
  'activity_input_missing',
  'activity_input_unknown',
  'activity_output_unknown',
  'unknown_outcome',
  'unknown_name',
  'field_not_writable',
  'field_not_person',
  'personal_field',
  'expression_invalid',
  'expression_unbounded',
  'formula_cycle',
  'outcome_duplicate',
  'approval_outcome_missing',
  'approval_pool_all',
  'vote_missing',
  'vote_impossible',
  'initiator_policy_on_pool',
  'empty_policy_missing',
  'return_target_invalid',
  'previous_step_invalid',
  'levels_not_sequential',
  'chooser_missing',
  'choice_misplaced',
  'repeated_not_approval',
  'duration_zero',
  'due_without_time',
  'due_action_unreachable',
  'reminder_too_early',
  'no_action_always',
  'lookup_name_taken',
  'lookup_field_missing',
  'again_missing',
  'unknown_flow',
  'call_input_missing',
  'call_input_unknown',
  'call_output_unwaited',
  'starter_id_duplicate',
  'starter_field_missing',
  'starter_without_author',
  'starter_without_initiator',
  'starter_own_form',
  'rrule_invalid',
  'local_time_invalid',
] as const;
export type CheckCode = (typeof CHECK_CODES)[number];

/** One flow being checked: every step with its place, and where problems go. */
export interface Checking {
  flow: Flow;
  context: CheckContext;
  visits: Visit[];
  steps: StepsById;
  report: (step: StepId | null, property: string, code: CheckCode, params?: Record<string, Json>) => void;
}

/** Problems of a flow that its schema accepts, in document order of the rules; empty: it may be published. Never throws. */
export function check(flow: Flow, context: CheckContext): CheckProblem[] {
  const problems: CheckProblem[] = [];
  const report: Checking['report'] = (step, property, code, params = {}) => {
    problems.push({ step, property, code, params });
  };
  // Without a prototype: a field may be named like something that every object has.
  const fields = Object.assign(Object.create(null), context.fields) as CheckContext['fields'];
  const checking: Checking = {
    flow,
    context: { ...context, fields },
    visits: [...walk(flow)],
    steps: stepsOf(flow),
    report,
  };
  checkStructure(checking);
  checkCalendars(checking);
  checkControl(checking);
  checkItems(checking);
  checkHandlers(checking);
  checkCompensations(checking);
  checkFields(checking);
  checkExpressions(checking);
  checkPeople(checking);
  checkTasks(checking);
  checkCalls(checking);
  checkPreparations(checking);
  checkStart(checking);
  return problems;
}
