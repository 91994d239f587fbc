/** Random people rules with their policies, for the property tests. */
import fc from 'fast-check';
import type { Never, People } from './flow.gen.ts';

export const assigned: fc.Arbitrary<People['assign']> = fc.oneof(
  fc.constant({ rule: 'initiator' as const }),
  fc.constant({ rule: 'previous' as const }),
  fc.constant({ rule: 'field' as const, field: 'helper' }),
  fc.constant({ rule: 'role' as const, role: 'staff' }),
  fc.constant({ rule: 'leastLoaded' as const, role: 'staff' }),
  fc.constant({ rule: 'initiatorsChoice' as const, most: 2 }),
  fc.constant({ rule: 'previousHandlersChoice' as const }),
  fc.constantFrom(
    { rule: 'expression' as const, expression: 'if amount > 5 then "p2" else ["p1", "p3"]' },
    { rule: 'expression' as const, expression: 'if amount > 8 then amount else null' },
  ),
);
export const pools: fc.Arbitrary<People> = fc.constant({ assign: { rule: 'pool', role: 'staff' } });
const whenEmpty = fc.constantFrom<NonNullable<People['whenEmpty']>[]>('skip', 'incident', { role: 'staff' });

const whenInitiator = fc.constantFrom<NonNullable<People['whenInitiator']>[]>('keep', 'keep', 'skip', 'head');
const whenAbsent = fc.constantFrom<People['whenAbsent'][]>(undefined, 'substitute', 'keep');
const never = fc.constantFrom<People['never'][]>(
  undefined,
  undefined,
  undefined,
  ['initiator'],
  [{ field: 'helper' }],
  [{ step: 'self' }],
);
export const whenRepeated = fc.constantFrom<NonNullable<People['whenRepeated']>[]>('ask', 'skipConsecutive', 'skip');

export function people(assign: fc.Arbitrary<People['assign']>): fc.Arbitrary<People> {
  return fc.record({ assign, whenEmpty, whenInitiator, whenAbsent, never }).map(given);
}

/** Without what is undefined. */
export function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Of the steps passed the first is whose handler is barred, and one of them has chosen; where there is none, the rule is another. */
export function namingOthers(rule: People, { humans }: { humans: readonly string[] }): People {
  const { never, ...rest } = rule;
  const assign: People['assign'] =
    rule.assign.rule === 'previousHandlersChoice' && humans.length === 0 ? { rule: 'initiator' } : rule.assign;
  const barred = (never ?? []).flatMap((each): Never => {
    if (typeof each === 'string' || 'field' in each) return [each];
    return humans[0] === undefined ? [] : [{ step: humans[0] }];
  });
  return { ...rest, assign, ...(barred.length === 0 ? {} : { never: barred }) };
}
