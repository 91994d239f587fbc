/** Walks through the cases beside it, each from the execution semantics of BPMN 2.0 (chapter 13). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { perform, type Answer } from '../walk/acts.ts';
import { deploy } from '../walk/deployed.ts';
import { World } from '../walk/world.ts';
import { readCases, type Walk } from './read-cases.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => name.endsWith('.case'));

describe.each(files)('%s', (file) => {
  const cases = readCases(readFileSync(join(folder, file), 'utf8'));

  it('has at least five cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(5);
  });

  it.each(cases)('$title', async ({ xml, walk }) => {
    const deployed = await deploy([xml]);
    if (!deployed.ok) throw new Error(JSON.stringify(deployed.refusals));
    const world = new World(deployed.deployment);

    const walked = walk.map(({ act }) => ({ act, expected: said(perform(world, act)) }));

    expect(walked).toEqual(walk);
  });
});

function said(answer: Answer): Walk['expected'] {
  return typeof answer === 'object' && 'error' in answer ? 'refused' : answer;
}
