/**
 * Starts without a person: their mappings can be read, write what a start may write and leave nothing out that it must, and the people rules
 * of the flow find somebody where the system is the initiator. Whether the form type of a record is there the server checks.
 */
import type { Checking } from '../check.ts';
import { durationMs } from '../duration.ts';
import { prepare } from '../feel-syntax.ts';
import type { Starter } from '../flow.gen.ts';
import { partsOf } from '../tree.ts';
import { isLocalTime, problemOfRrule } from './rrule.ts';

const CLOCK = ['now', 'today'];
const NAMES: Record<Starter['by'], string[]> = {
  message: ['message', 'key', ...CLOCK],
  schedule: CLOCK,
  record: ['record', 'old', ...CLOCK],
};

export function checkStart(checking: Checking): void {
  const seen = new Set<string>();
  for (const [index, starter] of (checking.flow.start.on ?? []).entries()) {
    const at = `start.on.${index}`;
    if (seen.has(starter.id)) checking.report(null, `${at}.id`, 'starter_id_duplicate', { id: starter.id });
    seen.add(starter.id);
    checkMapping(checking, at, starter);
    checkMissing(checking, at, starter);
    checkInitiator(checking, at, starter);
    checkOwn(checking, at, starter);
  }
}

function checkMapping(checking: Checking, at: string, starter: Starter): void {
  const { context, flow, report } = checking;
  for (const [name, text] of Object.entries(starter.fields)) {
    const property = `${at}.fields.${name}`;
    const permission = flow.start.fields[name];
    if (!context.fields[name]) report(null, property, 'unknown_field', { field: name });
    else if (permission !== 'edit' && permission !== 'required')
      report(null, property, 'field_not_writable', { field: name });
    checkText(checking, property, { text, starter });
  }
}

/** What the form of the start asks of a person nobody would fill in. */
function checkMissing({ flow, report }: Checking, at: string, { fields }: Starter): void {
  const { set = {} } = flow.start.prepare ?? {};
  for (const [name, permission] of Object.entries(flow.start.fields))
    if (permission === 'required' && !Object.hasOwn(fields, name) && !Object.hasOwn(set, name))
      report(null, `${at}.fields`, 'starter_field_missing', { field: name });
}

function checkInitiator(checking: Checking, at: string, { by, initiator }: Starter): void {
  const { context, report } = checking;
  const rule = initiator?.rule ?? (by === 'record' ? 'author' : 'system');
  if (rule === 'author' && by !== 'record') report(null, `${at}.initiator`, 'starter_without_author');
  if (initiator?.rule === 'role' && !context.roles.includes(initiator.role))
    report(null, `${at}.initiator.role`, 'unknown_role', { role: initiator.role });
  if (rule === 'system') checkNobody(checking, at);
}

/** The system does no work: a step for the initiator would be nobody's. */
function checkNobody({ report, visits }: Checking, at: string): void {
  const theirs = visits.find(({ step }) =>
    partsOf(step).people.some(({ people }) => people.assign.rule === 'initiator'),
  );
  if (theirs) report(null, `${at}.initiator`, 'starter_without_initiator', { step: theirs.step.id });
}

/** What is each kind's own. */
function checkOwn(checking: Checking, at: string, starter: Starter): void {
  const { flow, report } = checking;
  if (starter.by === 'message' && starter.community !== undefined)
    checkText(checking, `${at}.community`, { text: starter.community, starter });
  if (starter.by === 'schedule') checkSchedule(checking, at, starter);
  if (starter.by !== 'record') return;
  if (starter.form === flow.form) report(null, `${at}.form`, 'starter_own_form');
  if (starter.when !== undefined) checkText(checking, `${at}.when`, { text: starter.when, starter });
}

function checkSchedule(
  { report }: Checking,
  at: string,
  { rrule, from, catchUp }: Extract<Starter, { by: 'schedule' }>,
): void {
  const part = problemOfRrule(rrule);
  if (part !== null) report(null, `${at}.rrule`, 'rrule_invalid', { part });
  if (!isLocalTime(from)) report(null, `${at}.from`, 'local_time_invalid', { from });
  if (catchUp !== undefined && durationMs(catchUp) === 0) report(null, `${at}.catchUp`, 'duration_zero');
}

function checkText(
  { report }: Checking,
  property: string,
  { text, starter }: { text: string; starter: Starter },
): void {
  const result = prepare(text, NAMES[starter.by]);
  if (!result.ok) report(null, property, result.problem.code, result.problem.params);
}
