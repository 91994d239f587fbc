import { describe, expect, it } from 'vitest';
import type { Flow } from '../engine/flow.gen.ts';
import { importBpmn } from './import.ts';

async function flowOf(inner: string): Promise<Flow> {
  const spaces = ['camunda', 'operaton', 'flowable', 'activiti'].map(
    (name) => `xmlns:${name}="http://${name}.org/bpmn"`,
  );
  const model = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"';
  const xml = `<definitions ${model} ${spaces.join(' ')} targetNamespace="t"><process id="p">${inner}</process></definitions>`;
  const result = await importBpmn(xml);
  if (!result.ok || !result.flows[0]) throw new Error(JSON.stringify(result));
  return result.flows[0].flow;
}
const flow = '<sequenceFlow sourceRef="s" targetRef="a"/>';
const task = (fields: string, attributes = ''): string =>
  `<startEvent id="s"/>${flow}<userTask id="a" ${attributes}><extensionElements>${fields}</extensionElements></userTask>`;

describe('forms of vendors', () => {
  it.each(['activiti', 'flowable', 'operaton'])('%s: properties are fields of the step', async (vendor) => {
    const properties = `<${vendor}:formProperty id="details" required="true"/><${vendor}:formProperty id="likely_profit"/><${vendor}:formProperty id="customer" writable="false"/>`;

    const { steps } = await flowOf(task(properties));

    expect(steps).toMatchObject([{ fields: { details: 'required', likelyProfit: 'edit', customer: 'read' } }]);
  });

  it.each(['camunda', 'operaton'])('%s: form data is fields with their constraints', async (vendor) => {
    const required = `<${vendor}:validation><${vendor}:constraint name="required"/></${vendor}:validation>`;
    const fixed = `<${vendor}:validation><${vendor}:constraint name="readonly"/></${vendor}:validation>`;
    const data = `<${vendor}:formData><${vendor}:formField id="x" type="string">${required}</${vendor}:formField><${vendor}:formField id="y">${fixed}</${vendor}:formField><${vendor}:formField id="z"/></${vendor}:formData>`;

    const { steps } = await flowOf(task(data));

    expect(steps).toMatchObject([{ fields: { x: 'required', y: 'read', z: 'edit' } }]);
  });

  it('the start asks for what its form lets be written', async () => {
    const start = `<startEvent id="s"><extensionElements><camunda:formData><camunda:formField id="x"/></camunda:formData></extensionElements></startEvent>`;

    expect((await flowOf(`${start}<userTask id="a"/>${flow}`)).start.fields).toEqual({ x: 'edit' });
  });

  it.each([
    ['camunda:formKey="embedded:app:forms/leave-request.html"', 'leave_request'],
    ['flowable:formKey="leave"', 'leave'],
    ['operaton:formRef="leaveForm"', 'leave_form'],
    ['activiti:formKey="${which}"', 'p'],
    ['', 'p'],
  ])('the form type by its key: %s', async (attributes, form) => {
    expect((await flowOf(task('', attributes))).form).toBe(form);
  });
});
