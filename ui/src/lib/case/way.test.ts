import { describe, expect, it } from 'vitest';
import type { PositionStep } from '#lib/api/types.gen.ts';
import { isReached, wayOf, type WayNode } from './way.ts';

const text = (word: string) => ({ 'zh-CN': word, en: word });

/** By the first letter of its step: a parallel, an inclusive, a loop, else a decision. */
function kindOf(branch: string): PositionStep['branches'][number]['kind'] {
  const kinds = new Map([
    ['p', 'parallel' as const],
    ['i', 'inclusive' as const],
    ['l', 'loop' as const],
    ['r', 'race' as const],
    ['s', 'subProcess' as const],
  ]);
  if (branch.includes('instead') || branch.includes('beside')) return 'handler';
  return kinds.get(branch.slice(0, 1)) ?? 'exclusive';
}

function step(id: string, state: PositionStep['state'], ...branches: string[]): PositionStep {
  return {
    ...{ step: id, kind: 'userTask', title: text(id), depth: branches.length, state, people: [], pool: null },
    branches: branches.map((branch) => ({
      id: branch,
      title: text(branch),
      decision: text(`${branch[0] ?? ''}?`),
      kind: kindOf(branch),
    })),
    ...{ at: null, dueAt: null, certain: true },
  };
}

/** a, [taken: …], ahead (…), passed {…}, together <…> */
function drawn(nodes: readonly WayNode[]): string {
  return nodes
    .map((node) => {
      if (node.kind === 'step') return node.step.step;
      const passed = node.passed.map((branch) => `{${drawn(branch.nodes)}}`);
      if (node.kind === 'together')
        return [...node.branches.map((branch) => `<${drawn(branch.nodes)}>`), ...passed].join(' ');
      const taken = node.taken ? [`[${drawn(node.taken.nodes)}]`] : [];
      const ahead = node.ahead.map((branch) => `(${drawn(branch.nodes)})`);
      return [...taken, ...ahead, ...passed].join(' ');
    })
    .join(' → ');
}

describe('the way as a tree', () => {
  it('takes the branch where something happened, and folds the others', () => {
    const way = wayOf([
      step('report', 'done'),
      step('assign', 'skipped', 'd b.0'),
      step('grab', 'done', 'd b.1'),
      step('arrive', 'current', 'd b.1'),
      step('accept', 'upcoming'),
    ]);

    expect(drawn(way)).toBe('report → [grab → arrive] {assign} → accept');
    expect(way[1]).toMatchObject({ kind: 'decision', id: 'd', title: text('d?'), taken: { steps: 2 } });
  });

  it('leaves every branch open until it is decided', () => {
    const way = wayOf([step('a', 'current'), step('b', 'upcoming', 'd b.0'), step('c', 'upcoming', 'd otherwise')]);

    expect(drawn(way)).toBe('a → (b) (c)');
  });

  it('prefers where the case is to where it was before a return', () => {
    expect(drawn(wayOf([step('a', 'done', 'd b.0'), step('b', 'current', 'd b.1')]))).toBe('[b] {a}');
  });

  it('keeps decisions within branches, and two in a row apart', () => {
    const way = wayOf([
      step('a', 'done', 'd b.0'),
      step('b', 'done', 'd b.0', 'e b.0'),
      step('c', 'skipped', 'd b.0', 'e otherwise'),
      step('f', 'upcoming', 'g b.0'),
    ]);

    expect(drawn(way)).toBe('[a → [b] {c}] → (f)');
  });

  it('tells what a case came by from what it never reached', () => {
    const way = wayOf([
      step('a', 'done'),
      step('b', 'done', 'd b.0'),
      step('c', 'skipped', 'e b.0'),
      step('f', 'skipped'),
      step('g', 'upcoming', 'h b.0'),
    ]);

    expect(drawn(way.filter(isReached))).toBe('a → [b] → (g)');
  });

  it('is over when nothing is left to come', () => {
    expect(drawn(wayOf([step('a', 'done'), step('b', 'skipped', 'd b.0')]))).toBe('a → {b}');
    expect(wayOf([])).toEqual([]);
  });

  it('shows branches that run together side by side, also before they begin', () => {
    const way = wayOf([
      step('a', 'done', 'p b.0'),
      step('b', 'current', 'p b.0'),
      step('c', 'current', 'p b.1'),
      step('d', 'upcoming', 'p2 b.0'),
      step('e', 'upcoming', 'p2 b.1'),
    ]);

    expect(drawn(way)).toBe('<a → b> <c> → <d> <e>');
    expect(way[0]).toMatchObject({ kind: 'together', of: 'parallel', title: text('p?') });
  });

  it('shows of an inclusive one what was begun, once that is decided', () => {
    const branches = (...states: PositionStep['state'][]) =>
      wayOf(states.map((state, index) => step(`s${index}`, state, `i b.${index}`)));

    expect(drawn(branches('current', 'skipped', 'done'))).toBe('<s0> <s2> {s1}');
    expect(drawn(branches('upcoming', 'upcoming'))).toBe('(s0) (s1)');
  });

  it('shows what a handler did where it happened, and nothing of one that did not', () => {
    const position = [
      step('a', 'done', 's body'),
      step('b', 'current', 's beside.h'),
      step('c', 'skipped', 's instead.g'),
      step('d', 'upcoming'),
      step('e', 'upcoming', 'd instead.k'),
    ];

    expect(drawn(wayOf(position))).toBe('<a> → <b> → d');
    expect(wayOf(position)).toMatchObject([{ of: 'subProcess' }, { of: 'handler' }, { kind: 'step' }]);
  });

  it('a race is decided by what happens first', () => {
    expect(drawn(wayOf([step('a', 'skipped', 'r branches.0'), step('b', 'current', 'r branches.1')]))).toBe('[b] {a}');
  });
});
