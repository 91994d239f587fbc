import { describe, expect, it } from 'vitest';
import type { Flow, Step } from '../../engine/flow.gen.ts';
import { exportBpmn } from '../export/export.ts';
import { importBpmn } from '../import.ts';

/** With a lane, a data object, an annotation, a manual task, names on flows, a comment and what some vendor knows. */
const FILE = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:v="http://vendor.example/1" id="D" targetNamespace="http://example.org">
  <!-- <process id="P_1" name="not this"> -->
  <collaboration id="C"><participant id="Pool" name="Desk" processRef="P_1" /></collaboration>
  <process id="P_1" name="Visit &amp; leave" v:known="yes">
    <documentation>About visits</documentation>
    <laneSet id="L"><lane id="Lane_1" name="Front desk"><flowNodeRef>T_1</flowNodeRef></lane></laneSet>
    <startEvent id="S" />
    <userTask id="T_1" name='Let "in"' />
    <exclusiveGateway id="G" name="How?" default="F_4" />
    <manualTask id="T_2" name="Walk" />
    <exclusiveGateway id="M" />
    <endEvent id="E" name="Gone" />
    <dataObject id="Data" name="Badge" />
    <sequenceFlow id="F_1" sourceRef="S" targetRef="T_1" />
    <sequenceFlow id="F_2" name="then" sourceRef="T_1" targetRef="G" />
    <sequenceFlow id="F_3" name="on foot" sourceRef="G" targetRef="T_2"><conditionExpression>\${amount > 3}</conditionExpression></sequenceFlow>
    <sequenceFlow id="F_4" name="by car" sourceRef="G" targetRef="M" />
    <sequenceFlow id="F_5" sourceRef="T_2" targetRef="M" />
    <sequenceFlow id="F_6" sourceRef="M" targetRef="E" />
    <textAnnotation id="Note"><text>Mind the step</text></textAnnotation>
  </process>
</definitions>
`;

async function taken(xml: string): Promise<Flow> {
  const result = await importBpmn(xml);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.flows[0]!.flow;
}

/** As a manager completes the draft: what BPMN cannot say, and a title. */
function completed(flow: Flow): Flow {
  const [first, ...rest] = flow.steps;
  const title = { 'zh-CN': '放行 "客" & <人>', en: 'Let in' };
  const step = { ...first, title, people: { assign: { rule: 'pool', role: 'dispatcher' } } } as Step;
  return { ...flow, form: 'visit', steps: [step, ...rest], icon: 'door-open' };
}

describe('a flow that came out of a BPMN file', () => {
  it('goes back into that file, of which nothing else changes', async () => {
    const flow = await taken(FILE);

    const xml = await exportBpmn(flow);

    const own =
      /<extensionElements><guanjia:flow .*?<\/guanjia:flow><\/extensionElements>|<bpmndi:BPMNDiagram .*<\/bpmndi:BPMNDiagram>/g;
    expect(xml.replace(own, '')).toBe(FILE);
    expect(xml).not.toBe(FILE);
    expect(JSON.stringify(await taken(xml))).toBe(JSON.stringify(flow));
  });

  it('comes out of it with what BPMN cannot say, byte for byte', async () => {
    const flow = completed(await taken(FILE));

    const xml = await exportBpmn(flow);

    expect(xml).toContain(`<userTask id="T_1" name='放行 &quot;客&quot; &amp; &lt;人&gt;' />`);
    expect(JSON.stringify(await taken(xml))).toBe(JSON.stringify(flow));
    expect(flow.bpmn?.xml).toBe(FILE);
  });

  it.each([
    '<extensionElements a="b"><v:x /></extensionElements>',
    '<extensionElements/>',
    '<extensionElements a="b" />',
  ])('goes where %s stands already', async (extension) => {
    const flow = completed(await taken(FILE.replace('</documentation>', `$&${extension}`)));

    const back = await taken(await exportBpmn(flow));

    expect(JSON.stringify(back)).toBe(JSON.stringify(flow));
    expect(back.bpmn?.xml).toContain(extension);
  });

  it('takes over what somebody changes in the file, and keeps the rest', async () => {
    const flow = completed(await taken(FILE));
    const xml = await exportBpmn(flow);

    const changed = await taken(xml.replace('name="Walk"', 'name="走"').replace('amount > 3', 'amount > 4'));

    const text = JSON.stringify({ ...flow, bpmn: null });
    const expected = text
      .replace('{"zh-CN":"Walk","en":"Walk"}', '{"zh-CN":"走","en":"Walk"}')
      .replace('amount > 3', 'amount > 4');
    expect({ ...changed, bpmn: null }).toEqual(JSON.parse(expected));
    expect(changed.bpmn?.xml).not.toContain('guanjia');
    expect(changed.bpmn?.xml).toContain('name="走"');
  });

  it('is drawn anew when its steps are others; those that stand keep their elements', async () => {
    const flow = completed(await taken(FILE));
    const more: Step = {
      id: 'more',
      kind: 'userTask',
      title: { 'zh-CN': '再', en: 'More' },
      people: { assign: { rule: 'initiator' } },
    };
    const longer = { ...flow, steps: [...flow.steps.slice(0, 2), more, ...flow.steps.slice(2)] };

    const xml = await exportBpmn(longer, { language: 'en' });

    expect(xml).toContain('<bpmn:manualTask id="T_2" name="Walk">');
    expect(xml).toContain('<bpmn:userTask id="T_1" name="Let in">');
    expect(JSON.stringify(await taken(xml))).toBe(JSON.stringify(longer));
  });
});
