import { expect, it } from 'vitest';
import { createBpmnExchange } from './bpmn-exchange.ts';

const file = (inner: string): string =>
  `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">\n<startEvent id="s"/>\n${inner}</process></definitions>`;
/** Of each the reader tells the line, which it counts from the first. */
const endless = file('<nothing/>\n'.repeat(100_000));

const extended = (name: string, json: string): string =>
  `<extensionElements><g:${name} xmlns:g="https://guanjia.dev/bpmn/1"><![CDATA[${json}]]></g:${name}></extensionElements>`;
const ours =
  '{"key":"k","title":{"zh-CN":"a","en":"a"},"form":"k","start":{"who":["staff"],"label":{"zh-CN":"a","en":"a"},"fields":{}},"steps":null}';

it.each([
  [
    'characters that there are not',
    '{"id":"a","kind":"userTask","title":{"zh-CN":"\\u0000","en":"a"},"people":{"assign":{"rule":"initiator"}}}',
    { code: 'xml_invalid', element: 'p', reason: expect.stringContaining('character') as string },
  ],
  [
    'levels without end',
    `{"id":"a","kind":"userTask","x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    { code: 'flow_invalid', element: 'a', line: 3 },
  ],
])(
  'refuses an extension with %s',
  async (_what, step, refusal) => {
    const task = `<userTask id="a">${extended('step', step)}</userTask><sequenceFlow sourceRef="s" targetRef="a"/>`;
    const xml = file(task).replace('<process id="p">', `<process id="p">${extended('flow', ours)}`);

    expect(await createBpmnExchange().read(xml)).toMatchObject({ ok: false, refusals: [refusal] });
  },
  30_000,
);

it('reads and writes, and gives up a file that would take for ever', async () => {
  const exchange = createBpmnExchange(8_000);

  const [read, endlessly, again] = await Promise.allSettled([
    exchange.read(file('')),
    exchange.read(endless),
    exchange.read(file('<scriptTask id="x"/><sequenceFlow sourceRef="s" targetRef="x"/>')),
  ]);

  if (read.status !== 'fulfilled' || !read.value.ok) throw new Error(JSON.stringify(read));
  expect(read.value.flows).toMatchObject([{ process: 'p', flow: { key: 'p' } }]);
  expect(await exchange.write(read.value.flows[0]!.flow, 'en')).toContain('<process id="p">');
  expect(endlessly).toMatchObject({
    status: 'rejected',
    reason: { code: 'bpmn_refused', errors: [{ code: 'takes_too_long', params: { seconds: 8 } }] },
  });
  expect(again).toMatchObject({ value: { ok: false, refusals: [{ element: 'x', line: 3 }] } });
}, 60_000);
