/** Holds the tables of docs/bpmn.md to what is read and written. */
import { BpmnModdle } from 'bpmn-moddle';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import schema from '../engine/flow.schema.json' with { type: 'json' };
import { walk } from '../engine/tree.ts';
import { everything } from './export/everything.testing.ts';
import { exportBpmn } from './export/export.ts';
import { importBpmn } from './import.ts';

const text = readFileSync(new URL('../../docs/bpmn.md', import.meta.url), 'utf8');

/** Rows of the table of a chapter: the words in its first cell, and the second. */
function tableIn(chapter: string): { words: string[]; says: string }[] {
  const [, rest = ''] = text.split(`\n## ${chapter}\n`);
  const rows = [...(rest.split('\n## ')[0] ?? '').matchAll(/^\| (.*?) +\| (.*?) +\|$/gm)];
  return rows
    .map(([, first = '', says = '']) => ({ words: wordsIn(first), says }))
    .filter(({ words }) => words.length > 0);
}
function wordsIn(cell: string): string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
}

describe('what comes in', () => {
  const rows = tableIn('In');
  const those = (isIn: (says: string) => boolean): string[] =>
    rows.filter(({ says }) => isIn(says)).flatMap(({ words }) => words);
  const isRefused = (says: string): boolean => says === 'refused';
  const isLeft = (says: string): boolean => says.startsWith('nothing');
  const folder = new URL('cases/', import.meta.url);
  const cases = readdirSync(folder)
    .filter((name) => name.endsWith('.case'))
    .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split(/^# /m).slice(1));

  it('is each element that BPMN has in a process', () => {
    expect(those(() => true).toSorted()).toEqual(elementsOfBpmn().toSorted());
  });

  it.each(those((says) => !isRefused(says) && !isLeft(says)))('has at least five cases of %s', (element) => {
    const written = element === 'sequenceFlow' ? / -> / : new RegExp(`<${element}[ />]`);
    expect(cases.filter((each) => written.test(each)).length).toBeGreaterThanOrEqual(5);
  });

  it.each(those(isRefused))('is refused where it is %s', async (element) => {
    const result = await importBpmn(process(`<${element} id="x"/><sequenceFlow sourceRef="a" targetRef="x"/>`));
    expect(result).toMatchObject({ ok: false, refusals: [{ code: 'element_unknown', element: 'x', line: 2 }] });
  });

  it.each(those(isLeft))('is not said in a flow where it is %s', async (element) => {
    expect(await stepsOf(process(`<${element} id="x"/>`))).toEqual(await stepsOf(process('')));
  });
});

describe('what goes out', () => {
  const kinds = schema.$defs.step.oneOf.map(({ $ref }) => $ref.slice('#/$defs/'.length));
  const rows = tableIn('Out').filter(({ words: [kind = ''], says }) => kinds.includes(kind) && says !== '');

  it('is each kind of step', () => {
    expect(new Set(rows.flatMap(({ words }) => words))).toEqual(new Set(kinds));
  });

  it.each(kinds)('is, of %s, what its row says', async (kind) => {
    const xml = await exportBpmn(everything);
    const step = [...walk(everything)].find((visit) => visit.step.kind === kind)?.step;
    const [, element] = new RegExp(`<bpmn:(\\w+) id="${step?.id ?? ''}"`).exec(xml) ?? [];

    expect(wordsIn(rows.find(({ words }) => words[0] === kind)?.says ?? '')).toContain(element);
  });
});

function process(inner: string): string {
  const model = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"';
  return `<definitions ${model}><process id="p"><startEvent id="s"/><userTask id="a"/>
${inner}<sequenceFlow sourceRef="s" targetRef="a"/></process></definitions>`;
}

async function stepsOf(xml: string): Promise<unknown> {
  const result = await importBpmn(xml);
  return result.ok ? result.flows[0]?.flow.steps : result.refusals;
}

/** All that BPMN lets stand in a process, without what is abstract. */
function elementsOfBpmn(): string[] {
  const moddle = new BpmnModdle() as unknown as Moddle;
  const roots = ['FlowElement', 'EventDefinition', 'LoopCharacteristics', 'Artifact'];
  const types = Object.values(moddle.registry.typeMap).filter(({ name, isAbstract }) => {
    if (isAbstract === true || !name.startsWith('bpmn:')) return false;
    const element = moddle.create(name);
    return roots.some((root) => element.$instanceOf(`bpmn:${root}`));
  });
  return types.map(({ name }) => name.charAt(5).toLowerCase() + name.slice(6));
}

interface Moddle {
  registry: { typeMap: Record<string, { name: string; isAbstract?: boolean }> };
  create: (type: string) => { $instanceOf: (type: string) => boolean };
}
