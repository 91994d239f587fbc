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
])('%s', async (_, inner, reasons) => {
  const model = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"';

  const result = await importBpmn(`<definitions ${model}><process id="p">${inner}</process></definitions>`);

  const refusals = result.ok ? [] : result.refusals;
  expect(refusals.map(({ code, element, reason }) => `${String(element)}: ${reason} [${code}]`).join()).toBe(reasons);
});
