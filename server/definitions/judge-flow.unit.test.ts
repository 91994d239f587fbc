import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { flows } from '../../workflows/engine/arbitraries.ts';
import type { Flow, Step } from '../../workflows/engine/flow.gen.ts';
import { aFlow, aSubProcess, aThrow, aUserTask } from '../../workflows/engine/testing.ts';
import { isFlow, languageProblems } from './judge-flow.ts';

const path = new URL('../../workflows/engine/flow.schema.json', import.meta.url);
const written = addFormats
  .default(new Ajv2020({ strict: true }))
  .compile(JSON.parse(readFileSync(path, 'utf8')) as object);

function nested(depth: number, innermost: Step): Flow {
  const steps = Array.from({ length: depth }).reduce<Step[]>(
    (inner, _, level) => [aSubProcess(`level_${level}`, inner)],
    [innermost],
  );
  return aFlow(steps);
}

/** With one of its values, wherever it is, another. */
function damaged(flow: Flow, at: number, value: unknown): unknown {
  let next = 0;
  return JSON.parse(JSON.stringify(flow), (_key, held: unknown) => ((next += 1) === at ? value : held));
}

it('judges as the schema does', () => {
  const anything = fc.constantFrom<unknown>(null, 'x', 7, [], {}, 'userTask', { kind: 'throw', send: 'signal' });
  fc.assert(
    fc.property(flows, fc.integer({ min: 0, max: 300 }), anything, (flow, at, value) => {
      const definition = damaged(flow, at, value);
      expect(isFlow(definition)).toBe(written(definition));
    }),
    { numRuns: 200 },
  );
});

it('takes no longer for every level', () => {
  const begin = performance.now();

  expect(isFlow(nested(60, aUserTask('deep')))).toBe(true);
  expect(isFlow(nested(60, { ...aUserTask('deep'), title: 7 } as unknown as Step))).toBe(false);

  expect(performance.now() - begin).toBeLessThan(5_000);
});

it('tells what is wrong with a step by its kind alone', () => {
  isFlow(aFlow([aThrow('cry', { signal: 'storm' }), { ...aUserTask('a'), people: undefined } as unknown as Step]));
  expect(languageProblems()).toEqual([{ path: '/steps/1', code: 'required', params: { missingProperty: 'people' } }]);

  isFlow(aFlow([{ id: 'b', kind: 'dance' } as unknown as Step]));
  expect(languageProblems()).toMatchObject([{ path: '/steps/0/kind', code: 'enum' }]);
});
