/** What is refused, each with its reason: no flow could say it, or not as the engines mean it. */
import { expect, it } from 'vitest';
import { importBpmn } from './import.ts';

const cancelEnd = '<endEvent id="no"><cancelEventDefinition/></endEvent>';
const cancelled = '<boundaryEvent id="edge" attachedToRef="sub"><cancelEventDefinition/></boundaryEvent>';

it.each([
  ['a cancel end event of the process', cancelEnd, 'no: it cancels a transaction, and stands in none [event_unknown]'],
  [
    'a cancel end event of a sub-process',
    `<subProcess id="sub">${cancelEnd}</subProcess>`,
    'no: it cancels a transaction, and stands in none [event_unknown]',
  ],
  ['a cancel event on a task', `<task id="sub"/>${cancelled}`, 'edge: only a transaction is cancelled [event_unknown]'],
  ['none of them where they belong', `<transaction id="sub">${cancelEnd}</transaction>${cancelled}`, ''],
  [
    'an ad-hoc sub-process',
    '<adHocSubProcess id="any"><task id="a"/><task id="b"/></adHocSubProcess>',
    'any: whoever does it begins its activities in any order and number; a flow says itself what is done when [element_unknown]',
  ],
  [
    'listeners of variables',
    '<userTask id="a"/><boundaryEvent id="edge" attachedToRef="a"><extensionElements><camunda:variableListenerEventDefinition variableName="x"/></extensionElements></boundaryEvent>',
    'edge: it happens whenever a value is written; a flow hears of what comes of it, when a condition turns true [event_unknown]',
  ],
  ['a call of nothing', '<callActivity id="call"/>', 'call: it does not name the process it calls [called_missing]'],
  [
    'a call of a CMMN case',
    '<callActivity id="call" camunda:caseRef="one"/>',
    'call: it calls a case of CMMN, which no flow is [called_missing]',
  ],
  [
    'a call of what a value names, with all values',
    '<callActivity id="call" calledElement="${which}" camunda:inheritVariables="true"/>',
    'call: which values it passes on depends on the process that it calls [called_missing]',
  ],
  [
    'a signal with a value in its name',
    '<intermediateCatchEvent id="on"><signalEventDefinition signalRef="s1"/></intermediateCatchEvent>',
    'on: alert-${what}: of a signal, and of what begins a case, the name is fixed [expression_unknown]',
  ],
  [
    'a message that begins a case, with a value in its name',
    '<startEvent id="start"><messageEventDefinition messageRef="m1"/></startEvent>',
    'start: paid-${what}: of a signal, and of what begins a case, the name is fixed [expression_unknown]',
  ],
  [
    'what comes again beside a task, as often as a value says',
    `<task id="a"/><boundaryEvent id="edge" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeCycle>\${cycle}</timeCycle></timerEventDefinition></boundaryEvent>`,
    'edge: how often it comes beside its activity, only a value says [duration_unknown]',
  ],
  [
    'more branches than a step may have',
    `<parallelGateway id="fork"/>${Array.from({ length: 21 }, (_, at) => `<userTask id="a${at}"/><sequenceFlow sourceRef="fork" targetRef="a${at}"/>`).join('')}`,
    'fork: /steps/0/branches must NOT have more than 20 items [flow_invalid]',
  ],
  [
    'a condition longer than an expression may be',
    `<subProcess id="sub"><exclusiveGateway id="which"/><userTask id="a"/><sequenceFlow sourceRef="which" targetRef="a"><conditionExpression>${'n + '.repeat(700)}1 == 2</conditionExpression></sequenceFlow></subProcess>`,
    'which: /steps/0/steps/0/branches/0/when must NOT have more than 2000 characters [flow_invalid]',
  ],
  [
    'more messages that begin a case than a flow listens for',
    Array.from({ length: 11 }, (_, at) => `<startEvent id="on${at}"><messageEventDefinition/></startEvent>`).join(''),
    'p: /start/on must NOT have more than 10 items [flow_invalid]',
  ],
])('%s', async (_, inner, reasons) => {
  const model =
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"';
  const roots = '<message id="m1" name="paid-${what}"/><signal id="s1" name="alert-${what}"/>';

  const result = await importBpmn(`<definitions ${model}>${roots}<process id="p">${inner}</process></definitions>`);

  const refusals = result.ok ? [] : result.refusals;
  expect(refusals.map(({ code, element, reason }) => `${String(element)}: ${reason} [${code}]`).join()).toBe(reasons);
});
