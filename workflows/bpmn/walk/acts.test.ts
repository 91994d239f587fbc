/** Acts as lines of text: what is a name in them, and what is JSON. */
import { describe, expect, it } from 'vitest';
import { perform } from './acts.ts';
import { deploy } from './deployed.ts';
import { World } from './world.ts';

const MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const NAME = 'order {new} "x"';

async function worldOf(inner: string): Promise<World> {
  const message = `<message id="M" name="${NAME.replaceAll('"', '&quot;')}"/>`;
  const deployed = await deploy([
    `<definitions xmlns="${MODEL}">${message}<process id="p">${inner}</process></definitions>`,
  ]);
  if (!deployed.ok) throw new Error(JSON.stringify(deployed.refusals));
  return new World(deployed.deployment);
}

const TASK = '<userTask id="a"/>';
const WAIT = '<intermediateCatchEvent id="w"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>';

describe('an act', () => {
  it.each([
    ['complete a', 'ended'],
    ['  complete   a  ', 'ended'],
    ['complete a {"x": {"y": [{"z": "}{"}]}}', 'ended'],
    ['complete a{}', 'ended'],
    ['complete a {"__proto__": {"x": 1}, "constructor": 3}', 'ended'],
  ])('%s does it', async (line, expected) => {
    const world = await worldOf(TASK);
    perform(world, 'start');

    expect(perform(world, line)).toBe(expected);
  });

  it.each([
    'complete',
    'complete {}',
    'complete b',
    'complete a {"x": 1',
    'complete a [1]',
    'complete a {"x": 1} b',
    'complete __proto__',
    'timer a',
    'message M',
    'signal constructor',
    'start a {}',
    'start {"x"',
    'constructor a',
    `complete a ${'{"x":'.repeat(100_000)}`,
  ])('%.40s is an error that changes nothing', async (line) => {
    const world = await worldOf(TASK);
    perform(world, 'start {"n": 1}');

    expect(perform(world, line)).toHaveProperty('error');
    expect(world.waiting()).toEqual(['a']);
  });

  it('may name what has braces and quotes in its name', async () => {
    const world = await worldOf(WAIT);
    perform(world, 'start');

    expect(perform(world, `message ${NAME} {"x": {"y": 1}}`)).toBe('ended');
  });
});
