/** What an event waits for or sends, in BPMN's words. */
import type { Handler, Throw, Wait } from '../../engine/flow.gen.ts';
import type { Element } from '../element.ts';
import type { Writing } from './writing.ts';

export function caught(writing: Writing, catching: Handler | Wait): Element {
  switch (catching.catch) {
    case 'timer':
      return timer(writing, catching);
    case 'message':
      return message(writing, catching.name);
    case 'signal':
      return writing.create('bpmn:SignalEventDefinition', { signalRef: writing.root('Signal', catching.name) });
    case 'condition':
      return writing.create('bpmn:ConditionalEventDefinition', { condition: writing.expression(catching.when) });
    case 'error':
      return error(writing, catching.codes);
    case 'escalation':
      return escalation(writing, catching.code);
    case 'compensation':
      return writing.create('bpmn:CompensateEventDefinition');
    case 'cancel':
      // Whoever is told that a case is cancelled undoes what it did: nothing else of BPMN comes after the end of all the rest.
      return writing.create('bpmn:CompensateEventDefinition');
  }
}

interface Time {
  in?: string;
  at?: string;
  every?: string;
  times?: number;
}

export function timer(writing: Writing, { in: duration, at, every, times }: Time): Element {
  return writing.create('bpmn:TimerEventDefinition', {
    ...(duration === undefined ? {} : { timeDuration: writing.expression(duration, false) }),
    ...(at === undefined || duration !== undefined ? {} : { timeDate: writing.expression(at) }),
    ...(every === undefined ? {} : { timeCycle: writing.expression(`R${times ?? ''}/${every}`, false) }),
  });
}

export function message(writing: Writing, name: string): Element {
  return writing.create('bpmn:MessageEventDefinition', { messageRef: writing.root('Message', name) });
}

/** Of several codes BPMN can name none. */
export function error(writing: Writing, codes: string[] = []): Element {
  const [code, ...others] = codes;
  const isOne = code !== undefined && others.length === 0;
  return writing.create('bpmn:ErrorEventDefinition', isOne ? { errorRef: writing.root('Error', code) } : {});
}

export function escalation(writing: Writing, code: string | undefined): Element {
  const named = code === undefined ? {} : { escalationRef: writing.root('Escalation', code) };
  return writing.create('bpmn:EscalationEventDefinition', named);
}

export function thrown(writing: Writing, step: Throw): Element {
  switch (step.send) {
    case 'message':
      return message(writing, step.name);
    case 'signal':
      return writing.create('bpmn:SignalEventDefinition', { signalRef: writing.root('Signal', step.name) });
    case 'escalation':
      return escalation(writing, step.code);
    case 'compensation':
      return undo(writing, step.of);
  }
}

/** Of one step, which may be drawn later, or of all. */
function undo(writing: Writing, of: string | undefined): Element {
  const definition = writing.create('bpmn:CompensateEventDefinition');
  if (of !== undefined) writing.undone.push({ definition, step: of });
  return definition;
}

/** Both ends of a link have its name. */
export function link(writing: Writing, target: string): Element {
  return writing.create('bpmn:LinkEventDefinition', { name: target });
}
