import { describe, expect, it } from 'vitest';
import type { Flow, UserTask } from '../../engine/flow.gen.ts';
import { aFlow, aForEach, aHandler, anEnd, anExclusive, aTimer, aUserTask } from '../../engine/testing.ts';
import { exportBpmn } from '../export/export.ts';
import { importBpmn } from '../import.ts';

const people: UserTask['people'] = { assign: { rule: 'pool', role: 'staff' }, whenEmpty: 'skip' };
const flow: Flow = aFlow([
  aUserTask('first', { title: { 'zh-CN': '派单', en: 'Dispatch' }, guide: { 'zh-CN': '快', en: 'Quickly' }, people }),
  anExclusive(
    'choice',
    'amount > 5',
    [
      aUserTask('much', {
        due: { in: 'PT2H' },
        on: [aHandler('late', { catch: 'timer', in: 'PT1H' }, [aTimer('rest', { in: 'PT4H' })])],
      }),
    ],
    [aUserTask('little', { summary: ['amount'] })],
  ),
  aForEach('each', [aUserTask('item', { people })], {
    label: 'name',
    on: [aHandler('stop', { catch: 'condition', when: 'amount > 9' }, [])],
  }),
]);

const handler = aHandler('ask', { catch: 'message', name: 'ask', key: 'amount', interrupting: false }, []);

async function edited(edit: (xml: string) => string, language: 'zh-CN' | 'en' = 'zh-CN'): Promise<Flow> {
  const xml = await exportBpmn(flow, { language });
  const changed = edit(xml);
  expect(changed).not.toBe(xml);
  const result = await importBpmn(changed);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.flows[0]!.flow;
}

/** The flow with a text put for another in its JSON. */
function with_(from: string, to: string): unknown {
  const text = JSON.stringify(flow);
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to));
}

const flowTo = (xml: string, id: string, change: (tag: string) => string): string =>
  xml.replace(new RegExp(`<bpmn:sequenceFlow id="${id}"[^>]*>`), change);
const target = (to: string) => (tag: string) => tag.replace(/targetRef="[^"]*"/, `targetRef="${to}"`);

describe('what somebody changes in a modeler', () => {
  it('counts where BPMN has a word for it: names in the language of the file', async () => {
    expect(await edited((xml) => xml.replace('name="派单"', 'name="派人"'))).toEqual(with_('派单', '派人'));
    expect(await edited((xml) => xml.replace('name="Dispatch"', 'name="Send"'), 'en')).toEqual(
      with_('Dispatch', 'Send'),
    );
  });

  it('counts for conditions, times and documentation', async () => {
    expect(await edited((xml) => xml.replace('>amount &gt; 5<', '>amount &gt; 7<'))).toEqual(
      with_('amount > 5', 'amount > 7'),
    );
    expect(await edited((xml) => xml.replace('>PT1H</', '>PT3H</'))).toEqual(with_('"in":"PT1H"', '"in":"PT3H"'));
    expect(await edited((xml) => xml.replace('>快<', '>很快<'))).toEqual(with_('快', '很快'));
    expect(await edited((xml) => xml.replace('>amount &gt; 9<', '>amount &gt; 3<'))).toEqual(
      with_('amount > 9', 'amount > 3'),
    );
  });

  it('counts for whether an event interrupts', async () => {
    const beside = flow.steps.slice(0, 1).map((step) => ({ ...step, on: [handler] }));
    const xml = await exportBpmn({ ...flow, steps: beside });

    const result = await importBpmn(
      xml.replace('attachedToRef="first"', '$& cancelActivity="true"').replace(' cancelActivity="false"', ''),
    );

    // Its branch still ends by itself, and with it what it has taken the place of.
    const steps = [anEnd('ask_end', 'completed', { ends: 'branch', title: { 'zh-CN': 'ask-end', en: 'ask-end' } })];
    expect(result.ok && result.flows[0]!.flow.steps).toMatchObject([{ id: 'first', on: [{ id: 'ask', steps }] }]);
    expect(result.ok && JSON.stringify(result.flows)).not.toContain('"interrupting"');
  });

  it('moves steps: the graph says where they stand', async () => {
    const moved = await edited((xml) => {
      const away = flowTo(xml, 'Flow-start--first', target('choice'));
      const before = flowTo(away, 'choice-join--each', target('first'));
      return flowTo(before, 'first--choice', target('each'));
    });

    const [first, choice, each] = flow.steps;
    expect(moved).toEqual({ ...flow, steps: [choice, first, each] });
  });

  it('puts in elements that are not of ours', async () => {
    const longer = await edited((xml) =>
      flowTo(xml, 'first--choice', target('Activity_1')).replace(
        '<bpmn:exclusiveGateway id="choice"',
        '<bpmn:userTask id="Activity_1" name="核对" /><bpmn:sequenceFlow id="Flow_1" sourceRef="Activity_1" targetRef="choice" />$&',
      ),
    );

    const put = {
      id: 'activity_1',
      kind: 'userTask',
      title: { 'zh-CN': '核对', en: '核对' },
      people: { assign: { rule: 'initiator' } },
    };
    const [first, ...rest] = flow.steps;
    expect(longer).toEqual({ ...flow, steps: [first, put, ...rest] });
  });

  it('gives a copied element an id of its own', async () => {
    const copied = await edited((xml) => {
      const [task = ''] = /<bpmn:userTask id="first"[\s\S]*?<\/bpmn:userTask>/.exec(xml) ?? [];
      const copy = task
        .replace('id="first"', 'id="Copy_1"')
        .replace(/<bpmn:(incoming|outgoing)>[^<]*<\/bpmn:\w+>/g, '');
      return flowTo(xml, 'first--choice', target('Copy_1')).replace(
        '<bpmn:exclusiveGateway id="choice"',
        `${copy}<bpmn:sequenceFlow id="Flow_1" sourceRef="Copy_1" targetRef="choice" />$&`,
      );
    });

    const [first, ...rest] = flow.steps;
    expect(copied).toEqual({ ...flow, steps: [first, { ...first, id: 'first_2' }, ...rest] });
  });

  it('keeps what BPMN has no word for where the graph is no tree of ours any more', async () => {
    // Without the gateway that joins the branches, each goes on by itself.
    const rebuilt = await edited((xml) =>
      flowTo(flowTo(xml, 'little--choice-join', target('each')), 'much-join--choice-join', target('each'))
        .replace(/<bpmn:exclusiveGateway id="choice-join"[\s\S]*?<\/bpmn:exclusiveGateway>/, '')
        .replace(/<bpmn:sequenceFlow id="choice-join--each"[^>]*>/, '')
        .replace(/<bpmndi:BPMN(Shape|Edge) id="choice-join[\s\S]*?<\/bpmndi:BPMN(Shape|Edge)>/g, ''),
    );

    expect(rebuilt).toEqual(flow);
  });

  describe.each(['flow', 'step', 'handler', 'branch'])('where the extension of a %s', (type) => {
    const withText = (text: string) => (xml: string) =>
      xml.replace(new RegExp(`(<guanjia:${type}[^>]*>)[^<]*`, 'g'), `$1${text}`);

    it.each(['{', '[1]'])('is no JSON of an object, but %s, is read', async (text) => {
      expect((await edited(withText(text))).steps.length).toBeGreaterThan(0);
    });

    it.each(['{}', '{"id":3}', '{"id":"a","kind":"race"}', '{"steps":[1]}'])(
      'is not what it was, but %s, is read or refused',
      async (text) => {
        const result = await importBpmn(withText(text.replaceAll('"', '&quot;'))(await exportBpmn(flow)));
        expect(result.ok ? [] : result.refusals).toEqual(
          result.ok ? [] : [expect.objectContaining({ code: 'flow_invalid', line: expect.any(Number) as number })],
        );
      },
    );
  });

  it('is refused where it makes no flow, with the element and the place', async () => {
    const xml = (await exportBpmn(flow)).replace('>PT1H</', '>an hour</');

    expect(await importBpmn(xml)).toEqual({
      ok: false,
      refusals: [
        {
          code: 'flow_invalid',
          element: 'late',
          line: xml.slice(0, xml.indexOf('<bpmn:boundaryEvent id="late"')).split('\n').length,
          reason: expect.stringContaining('/steps/1/branches/0/steps/0/on/0/in must match pattern') as string,
        },
      ],
    });
  });
});
