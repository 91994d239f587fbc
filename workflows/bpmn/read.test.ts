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

describe('what would harm whoever reads it is refused', () => {
  const flow = '<sequenceFlow sourceRef="s" targetRef="a"/>';
  const compensated = (id: string): string =>
    `<boundaryEvent id="${id}_undo" attachedToRef="${id}"><compensateEventDefinition/></boundaryEvent>`;

  it.each([
    ['a control character', 'a\u0007'],
    ['half a character', 'a\uD800'],
    ['one by its number', 'a&#0;'],
    ['one beyond all', 'a&#x110000;'],
  ])('%s', async (_what, name) => {
    const xml = fileOf('<startEvent id="s"/>', `<userTask id="a" name="${name}"/>`, flow);

    expect(await refusedOf(xml)).toEqual([{ code: 'xml_invalid', element: null, line: 4 }]);
  });

  it('an event on its own border', async () => {
    const event = '<boundaryEvent id="a" attachedToRef="a"><signalEventDefinition/></boundaryEvent>';

    expect(await refusedOf(fileOf('<startEvent id="s"/>', event, flow))).toEqual([
      { code: 'reference_missing', element: 'a', line: 4 },
    ]);
  });

  it('what undoes itself', async () => {
    const xml = fileOf(
      '<startEvent id="s"/>',
      '<userTask id="a"/>',
      '<userTask id="b" isForCompensation="true"/>',
      compensated('a') + compensated('b'),
      '<association sourceRef="a_undo" targetRef="b"/><association sourceRef="b_undo" targetRef="b"/>',
      flow,
    );

    expect(await refusedOf(xml)).toMatchObject([{ code: 'event_unknown', element: 'a', line: 4 }]);
  });

  it.each(['-1', '0', 'often', '101'])('a loop of at most %s rounds', async (most) => {
    const task = `<userTask id="a"><standardLoopCharacteristics loopMaximum="${most}"/></userTask>`;

    expect(await refusedOf(fileOf('<startEvent id="s"/>', task, flow))).toEqual([
      { code: 'expression_unknown', element: 'a', line: 4 },
    ]);
  });

  it('in few words, whatever the length of what it says', async () => {
    const condition = `<conditionExpression>\${${'!'.repeat(100_000)}}</conditionExpression>`;
    const choice = `<sequenceFlow id="f" sourceRef="g" targetRef="a">${condition}</sequenceFlow>`;
    const xml = fileOf('<startEvent id="s"/>', '<exclusiveGateway id="g"/><userTask id="a"/>', choice);
    const result = await importBpmn(xml.replace(choice, `<sequenceFlow sourceRef="s" targetRef="g"/>${choice}`));

    expect(result.ok ? '' : result.refusals[0]?.reason).toMatch(/^.{1,401}$/);
  });
});

describe('an extension of ours that somebody has filled with something else', () => {
  const extended = (name: string, json: string): string =>
    `<extensionElements><g:${name} xmlns:g="https://guanjia.dev/bpmn/1"><![CDATA[${json}]]></g:${name}></extensionElements>`;
  const file = (whole: string, step: string): string =>
    fileOf(
      extended('flow', whole),
      '<startEvent id="s"/>',
      `<userTask id="a">${extended('step', step)}</userTask>`,
      '<sequenceFlow sourceRef="s" targetRef="a"/>',
    );

  it('is not read where it is no flow', async () => {
    const result = await importBpmn(file('{"key":5,"form":{"a":1},"steps":null}', '{}'));

    expect(result.ok && result.flows[0]?.flow).toMatchObject({ key: 'p', form: 'p', steps: [{ id: 'a' }] });
  });
});
