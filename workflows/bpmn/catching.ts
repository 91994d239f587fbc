/** What an event waits for, in the words of handlers and waits. */
import { elementIn, isMissing, textIn, type Element } from './element.ts';
import type { Node } from './graph.ts';
import { constantsIn, expressionIn, isPut, VALUES } from './juel.ts';
import { bodyOf, feelOf, textOf, type Making } from './making.ts';
import { Refused } from './refusal.ts';

/** Correlation key of messages: a BPMN file does not say what tells two cases apart. */
export const ANY = 'any';

const DURATION = /^P(?=\d|T\d)(\d{1,3}W)?(\d{1,4}D)?(T(?=\d)(\d{1,5}H)?(\d{1,6}M)?(\d{1,8}S)?)?$/;
/** `R3/PT10M`, `R/2026-01-01T00:00/PT1H`. */
const CYCLE = /^R(\d*)\/(?:[^P][^/]*\/)?(P[^/]+)(?:\/.*)?$/;

export interface TimerWait {
  in?: string;
  at?: string;
  every?: string;
  times?: number;
  /** Whether it comes again, by what a value says: how often is not known before. */
  again?: true;
}

export function timerOf(making: Making, node: Node): TimerWait {
  const [duration, date, cycle] = ['timeDuration', 'timeDate', 'timeCycle'].map((name) =>
    bodyOf(node.definition, name),
  );
  if (duration !== undefined) return durationOf(making, node, duration);
  if (date?.startsWith('=')) return { at: feelOf(making, node, date) };
  if (date !== undefined) return { at: dateOf(making, node, date) };
  if (cycle !== undefined) return cycleOf(making, node, cycle);
  throw new Refused('duration_unknown', node.id, 'a timer says no time');
}

function durationOf(making: Making, node: Node, text: string): TimerWait {
  if (DURATION.test(text)) return isNothing(text) ? { at: 'now' } : { in: text };
  return { at: `now + duration(${expressed(making, node, text)})` };
}

/** When it happens for the first time, which is all there is of one that is waited for on the way. */
export function onceOf({ every, in: budget = every, at }: TimerWait): Pick<TimerWait, 'in' | 'at'> {
  return { ...(budget === undefined ? {} : { in: budget }), ...(at === undefined ? {} : { at }) };
}

/** At once: the language has no timers of no time, but a moment that has come. */
function isNothing(duration: string): boolean {
  return !/[1-9]/.test(duration);
}

function dateOf(making: Making, node: Node, text: string): string {
  if (/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return `date and time("${text}")`;
  const when = expressed(making, node, text);
  // Engines take a duration here too.
  return `if starts with(string(${when}), "P") then now + duration(${when}) else date and time(${when})`;
}

function cycleOf(making: Making, node: Node, text: string): TimerWait {
  if (expressionIn(text) !== null)
    return { at: `now + duration(split(${feelOf(making, node, text)}, "/")[-1])`, again: true };
  const [, times, every] = CYCLE.exec(text) ?? [];
  const period = every ?? cronPeriod(text);
  if (period !== undefined && DURATION.test(period) && !isNothing(period))
    return { every: period, ...(times ? { times: Math.min(Math.max(Number(times), 1), 100) } : {}) };
  throw new Refused('duration_unknown', node.id, `${text} is no cycle of ISO 8601 such as R3/PT1H`);
}

/** Engines take cron’s words too; those that say every so many seconds, minutes or hours are a period. */
function cronPeriod(text: string): string | undefined {
  const [, seconds, minutes, hours] =
    /^(?:\d+\/(\d+) \*|0 \d+\/(\d+)|0 0 \d+\/(\d+))(?: \*)*(?: \?)?$/.exec(text) ?? [];
  if (seconds !== undefined) return `PT${seconds}S`;
  if (minutes !== undefined) return `PT${minutes}M`;
  return hours === undefined ? undefined : `PT${hours}H`;
}

function expressed(making: Making, node: Node, text: string): string {
  if (expressionIn(text) === null) throw new Refused('duration_unknown', node.id, `${text} is no time of ISO 8601`);
  return feelOf(making, node, text);
}

/** The name a signal is known by, or a message that begins a case: its own, else its id. @throws Refused where values are part of it */
export function referenceName(node: Node, property: string): string {
  const name = writtenName(node, property);
  if (isPut(name))
    throw new Refused(
      'expression_unknown',
      node.id,
      `${name}: of a signal, and of what begins a case, the name is fixed`,
    );
  return name;
}

function writtenName(node: Node, property: string): string {
  return nameOf(elementIn(node.definition ?? node.element, property)) ?? node.id;
}

/** A message, known by its name; where values are part of that, those whom it is for are told apart by the whole. */
export function messageOf(making: Making, node: Node): { name: string; key: string } {
  const name = writtenName(node, 'messageRef');
  const fixed = name.replace(VALUES, '');
  const key = isPut(name) ? textOf(making, node, name) : JSON.stringify(ANY);
  return { name: making.keys.of('message', fixed === '' ? name : fixed), key };
}

function nameOf(element: Element | undefined): string | undefined {
  const name = textIn(element, 'name');
  return name === undefined ? element?.id : constantsIn(name);
}

/** An error's code; of one that the file does not define its id, which is what is named. Undefined: any error. */
export function errorCode(node: Node): string | undefined {
  return codeIn(node, 'errorRef', 'errorCode');
}

export function escalationCode(node: Node): string | undefined {
  return codeIn(node, 'escalationRef', 'escalationCode');
}

/** What is thrown without a code is known by its id; whoever catches without a code catches all. */
function codeIn({ definition, type }: Node, reference: string, property: string): string | undefined {
  const element = elementIn(definition ?? undefined, reference);
  const isThrown = ['endEvent', 'intermediateThrowEvent'].includes(type);
  return element && (textIn(element, property) ?? (isThrown || isMissing(element) ? element.id : undefined));
}

export function conditionOf(making: Making, node: Node): string {
  const body = bodyOf(node.definition, 'condition');
  if (body === undefined) throw new Refused('expression_unknown', node.id, 'a conditional event has no condition');
  return feelOf(making, node, body);
}

/** What a branch of a race, or a catch event alone, waits for. */
export function waitOf(making: Making, node: Node): Wait {
  switch (node.event) {
    case 'timer':
      return { catch: 'timer', ...onceOf(timerOf(making, node)) };
    case 'message':
      return { catch: 'message', ...messageOf(making, node) };
    case 'signal':
      return { catch: 'signal', name: making.keys.of('signal', referenceName(node, 'signalRef')) };
    case 'conditional':
      return { catch: 'condition', when: conditionOf(making, node) };
    default:
      if (node.type === 'receiveTask') return { catch: 'message', ...messageOf(making, node) };
      throw new Refused('event_unknown', node.id, notWaitedFor(node.event));
  }
}

/** Kinds of events that no flow waits for, and why. */
const NOT_WAITED_FOR: Record<string, string> = {
  variableListener:
    'it happens whenever a value is written; a flow hears of what comes of it, when a condition turns true',
};

export function notWaitedFor(event: string | null): string {
  return NOT_WAITED_FOR[event ?? ''] ?? `${event ?? 'a plain event'} is not waited for here`;
}

type Wait =
  | { catch: 'timer'; in?: string; at?: string }
  | { catch: 'message'; name: string; key: string }
  | { catch: 'signal'; name: string }
  | { catch: 'condition'; when: string };
