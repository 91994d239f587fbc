import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { aCc, aUserTask, compileSteps } from '../testing.ts';
import type { People } from '../flow.gen.ts';

function told(people: People, vars: Record<string, string[]> = {}): Simulation {
  const run = new Simulation(compileSteps([aCc('tell', { people }), aUserTask('after')]), {
    resolve: () => ({ persons: ['p1', 'p2'], explanation: { rule: 'role', inputs: {} } }),
  });
  run.start('owner', vars);
  return run;
}
const notices = (run: Simulation) => run.entries.flatMap((entry) => entry.notices);

describe('cc', () => {
  it('tells the initiator and goes on in the same event', () => {
    const run = told({ assign: { rule: 'initiator' } });

    expect(run.entries).toHaveLength(1);
    expect(notices(run)).toEqual([{ kind: 'cc', step: 'tell', task: null, to: { persons: ['owner'] } }]);
    expect(run.open()).toEqual(['after']);
  });

  it('tells a pool by its role, and people that are looked up by name', () => {
    expect(notices(told({ assign: { rule: 'pool', role: 'hr' } }))).toMatchObject([{ to: { role: 'hr' } }]);
    expect(notices(told({ assign: { rule: 'role', role: 'hr' } }))).toMatchObject([{ to: { persons: ['p1', 'p2'] } }]);
    expect(notices(told({ assign: { rule: 'field', field: 'many' } }, { many: ['p5', 'p6'] }))).toMatchObject([
      { to: { persons: ['p5', 'p6'] } },
    ]);
  });

  it('finding nobody, tells nobody where the flow says skip', () => {
    const run = told({ assign: { rule: 'field', field: 'many' }, whenEmpty: 'skip' });

    expect(notices(run)).toEqual([]);
    expect(run.open()).toEqual(['after']);
  });
});
