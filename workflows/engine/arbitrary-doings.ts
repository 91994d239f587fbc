/** Random doings for the property tests: what people, operators, time and the world do to a case. */
import fc from 'fast-check';

/** One thing that happens next: which of the open tasks, which act; numbers are taken modulo what there is. */
export interface Doing {
  act:
    | 'complete'
    | 'return'
    | 'detour'
    | 'transfer'
    | 'wait'
    | 'answer'
    | 'fail'
    | 'retry'
    | 'withdraw'
    | 'cancel'
    | 'amend'
    | 'crash'
    | 'message'
    | 'signal'
    | 'refuse'
    | 'stale'
    | 'pause'
    | 'resume'
    | 'delegate'
    | 'addSigners'
    | 'removeSigners'
    | 'takeBack'
    | 'recalendar'
    | 'suspend'
    | 'resumeCase'
    | 'skip'
    | 'modify'
    | 'migrate';
  pick: number;
  value: number;
}
export const doings: fc.Arbitrary<Doing[]> = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 8, arbitrary: fc.constant('complete' as const) },
      { weight: 4, arbitrary: fc.constant('answer' as const) },
      {
        weight: 8,
        arbitrary: fc.constantFrom(
          ...([
            'return',
            'detour',
            'transfer',
            'wait',
            'fail',
            'retry',
            'amend',
            'stale',
            'crash',
            'recalendar',
            'pause',
            'pause',
            'resume',
            'delegate',
            'addSigners',
            'removeSigners',
            'takeBack',
            'suspend',
            'resumeCase',
            'resumeCase',
            'skip',
            'modify',
            'migrate',
            'message',
            'message',
            'signal',
            'refuse',
          ] as const),
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom('withdraw' as const, 'cancel' as const) },
    ),
    pick: fc.nat({ max: 50 }),
    value: fc.nat({ max: 10 }),
  }),
  { minLength: 10, maxLength: 60, size: 'max' },
);
