import { BpmnModdle } from 'bpmn-moddle';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flows } from '../../engine/arbitraries.ts';
import { compile } from '../../engine/compile.ts';
import type { Flow, Step } from '../../engine/flow.gen.ts';
import { Simulation } from '../../engine/simulate.ts';
import { load } from '../../engine/testing.ts';
import { EXTENSION } from '../extension.ts';
import { importBpmn } from '../import.ts';
import { everything } from './everything.testing.ts';
import { exportBpmn } from './export.ts';

const settings = { numRuns: Number(process.env.BPMN_RUNS ?? 60) };
/** Of one test; a run takes a quarter of a second on a machine that does other things too. */
const runMs = settings.numRuns * 2_000;
const FOLDER = new URL('../../flows/', import.meta.url);
const builtIn = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, flow: JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Flow }));

async function readBack(xml: string): Promise<Flow> {
  const result = await importBpmn(xml);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.flows[0]!.flow;
}

/** Everything that a case came to: the log with what was opened and closed. */
function walked(flow: Flow, acts: number[]): unknown {
  const resolve = () => ({ persons: ['p1', 'p2'], explanation: { rule: 'role' as const, inputs: {} } });
  const run = new Simulation(compile(load(flow)), { resolve });
  run.start('p1', { amount: 3, helper: 'p2', lines: [{ id: 'a', amount: 3 }] });
  for (const act of acts) {
    const task = run.state.tasks[act % Math.max(1, run.state.tasks.length)];
    if (act === 0) run.message('paid', 'k1');
    else if (act === 1) run.signal('storm');
    else if (act < 4 || !task) run.advance(act * 3_600_000);
    else run.complete(task.step, act % 2 === 0 ? 'done' : 'approved');
  }
  return [run.entries, run.state];
}

describe('an export that is read again', () => {
  it(
    'gives the same flow, as text',
    async () => {
      await fc.assert(
        fc.asyncProperty(flows, fc.constantFrom('zh-CN' as const, 'en' as const), async (flow, language) => {
          const back = await readBack(await exportBpmn(flow, { language }));

          expect(back).toEqual(flow);
          expect(JSON.stringify(back)).toBe(JSON.stringify(flow));
        }),
        settings,
      );
    },
    runMs,
  );

  it(
    'walks as the flow does',
    async () => {
      await fc.assert(
        fc.asyncProperty(flows, fc.array(fc.nat({ max: 9 }), { maxLength: 30 }), async (flow, acts) => {
          const back = await readBack(await exportBpmn(flow));

          expect(walked(back, acts)).toEqual(walked(flow, acts));
        }),
        { numRuns: Math.ceil(settings.numRuns / 3) },
      );
    },
    runMs,
  );

  it.each([...builtIn, { name: 'everything', flow: everything }])('gives $name byte for byte', async ({ flow }) => {
    const xml = await exportBpmn(flow);
    const back = await readBack(xml);

    expect(JSON.stringify(back, null, 2)).toBe(JSON.stringify(flow, null, 2));
    expect(await exportBpmn(back)).toBe(xml);
  });

  it(
    'keeps texts that are hostile to XML',
    async () => {
      const text = fc.oneof(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.constantFrom('<a>&amp;"\'', ']]>', '派单 🛠️', ' \t\r\n ', '\u0000\uFFFE\uD800', '→ ', '<!--', '__proto__'),
      );
      const hostile = fc.record({ 'zh-CN': text, en: text });
      await fc.assert(
        fc.asyncProperty(fc.array(hostile, { minLength: 6, maxLength: 6 }), async (texts) => {
          const title = (at: number) => texts[at]!;
          const task: Step = {
            id: 'a',
            kind: 'userTask',
            title: title(0),
            guide: title(1),
            people: { assign: { rule: 'initiator' } },
          };
          const branch = { title: title(2), when: `amount > "${title(2).en}"`, steps: [] };
          const choice: Step = {
            id: 'b',
            kind: 'exclusive',
            title: title(3),
            branches: [branch],
            otherwise: { title: title(4), steps: [task] },
          };
          const flow: Flow = { ...everything, title: title(5), description: title(1), steps: [choice] };

          const xml = await exportBpmn(flow);

          expect(await new BpmnModdle({ guanjia: EXTENSION }).fromXML(xml)).toMatchObject({ warnings: [] });
          expect(JSON.stringify(await readBack(xml))).toBe(JSON.stringify(flow));
        }),
        settings,
      );
    },
    runMs,
  );
});
