/** What files may look like that others write, and what is refused of them. */
import { describe, expect, it } from 'vitest';
import { importBpmn } from './import.ts';

const MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

function fileOf(...lines: string[]): string {
  return [`<definitions xmlns="${MODEL}">`, '<process id="p">', ...lines, '</process>', '</definitions>'].join('\n');
}

async function elementsOf(xml: string): Promise<string[]> {
  const result = await importBpmn(xml);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.flows.flatMap(({ elements }) => Object.values(elements));
}

async function refusedOf(xml: string): Promise<unknown> {
  const result = await importBpmn(xml);
  return result.ok ? null : result.refusals.map(({ code, element, line }) => ({ code, element, line }));
}

describe('ids', () => {
  const flow = '<sequenceFlow id="线 1" sourceRef="开始" targetRef="任务一"/>';
  const chinese = fileOf('<startEvent id="开始"/>', flow, '<userTask id="任务一" name="任务一"/>');

  it('may be of any script', async () => {
    expect(await elementsOf(chinese)).toEqual(['任务一']);
  });

  it('stay in the file that the flow remembers, and in names', async () => {
    const result = await importBpmn(chinese.replace('id="p"', 'id="流程"'));
    const [imported] = result.ok ? result.flows : [];

    expect(imported?.process).toBe('流程');
    expect(imported?.flow.bpmn?.xml).toContain('<userTask id="任务一" name="任务一"/>');
    expect(imported?.flow.steps[0]).toMatchObject({ title: { 'zh-CN': '任务一' } });
  });

  it('may have spaces at their ends', async () => {
    const spaced = fileOf('<startEvent id="s"/>', '<userTask id="a "/>', '<sequenceFlow sourceRef="s" targetRef="a"/>');

    expect(await elementsOf(spaced)).toEqual(['a']);
  });

  it('are given to what has none, so that a reason names a line', async () => {
    const flow =
      '<sequenceFlow sourceRef="s"\n targetRef = "a"><conditionExpression>${a.b()}</conditionExpression></sequenceFlow>';
    const before = [
      '<!-- <sequenceFlow/>',
      '-->',
      '<startEvent id="s"/>',
      '<task id="sequenceFlow_1"/>',
      '<task id="a"/>',
    ];

    expect(await refusedOf(fileOf(...before, flow, '<sequenceFlow sourceRef="s"/>'))).toEqual([
      { code: 'reference_missing', element: 'sequenceFlow_4', line: 10 },
    ]);
    expect(await refusedOf(fileOf(...before, flow))).toEqual([
      { code: 'expression_unknown', element: 'sequenceFlow_3', line: 8 },
    ]);
  });

  it('are named with their line when two elements have the same', async () => {
    const twice = fileOf('<startEvent id="s"/>', '<userTask id="a"/>', '<userTask id="a"/>');

    expect(await refusedOf(twice)).toEqual([{ code: 'xml_invalid', element: 'a', line: 5 }]);
  });
});

describe('attributes', () => {
  it('may have spaces around their sign', async () => {
    expect(await elementsOf(fileOf('<userTask id = "a"', '  name =\n"x > y"/>'))).toEqual(['a']);
  });

  it('are not looked for in texts', async () => {
    const text = '<documentation><![CDATA[x = "a" < 3]]></documentation>';
    const result = await importBpmn(fileOf(`<userTask id = "a">${text}</userTask>`));

    expect(result.ok && result.flows[0]?.flow.bpmn?.xml).toContain('x = "a" < 3');
  });
});

describe('what cannot be read', () => {
  it('is refused with its line, not left out', async () => {
    const unknown = fileOf('<startEvent id="s"/>', '<fooTask id="q"/>', '<userTask id="a"/>');

    expect(await refusedOf(unknown)).toEqual([{ code: 'xml_invalid', element: null, line: 4 }]);
  });

  it('is an attribute that stands twice', async () => {
    expect(await refusedOf(fileOf('<userTask id="a" name="x" name="y"/>'))).toEqual([
      { code: 'xml_invalid', element: null, line: 3 },
    ]);
  });

  it('does not matter in the diagram', async () => {
    const diagram =
      '<BPMNDiagram xmlns="http://www.omg.org/spec/BPMN/20100524/DI" id="d"><Plane id="d"/></BPMNDiagram>';

    expect(await elementsOf(fileOf('<userTask id="a"/>').replace('</def', `${diagram}</def`))).toEqual(['a']);
  });
});
