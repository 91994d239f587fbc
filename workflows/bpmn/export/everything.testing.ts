/** A flow with every kind of step, in every place that is written otherwise. */
import type { Flow, Step } from '../../engine/flow.gen.ts';
import {
  aCallActivity,
  aCc,
  aFlow,
  aForEach,
  aHandler,
  aJump,
  aLoop,
  anApproval,
  anEnd,
  anExclusive,
  anInclusive,
  aParallel,
  aRace,
  aReceive,
  aServiceTask,
  aSubProcess,
  aThrow,
  aTimer,
  aUserTask,
} from '../../engine/testing.ts';

const at = (zh: string, en: string) => ({ title: { 'zh-CN': zh, en } });

const work: Step[] = [
  aUserTask('report', { ...at('填报', 'Report'), guide: { 'zh-CN': '写明位置', en: 'Say where' } }),
  aServiceTask('charge', {
    ...at('扣款', 'Charge'),
    compensate: { activity: 'refund' },
    on: [
      aHandler('refused', { catch: 'error', codes: ['broken'] }, [
        aCc('tell_refused', at('告知失败', 'Tell of the failure')),
      ]),
    ],
  }),
  aReceive('payment', {
    ...at('等待付款', 'Wait for payment'),
    on: [
      aHandler('too_late', { catch: 'timer', in: 'P3D', ...at('逾期未付', 'Unpaid too long') }, [
        aJump('again', 'report'),
      ]),
      aHandler('weekly', { catch: 'timer', every: 'P7D', times: 3, interrupting: false }, [aCc('remind')]),
      aHandler('storm_hits', { catch: 'signal', name: 'storm', ...at('暴雨', 'Storm') }, []),
    ],
  }),
  aTimer('cool', {
    ...at('冷静期', 'Cooling off'),
    in: 'P1D',
    on: [aHandler('sooner', { catch: 'condition', when: 'amount > 5' }, [])],
  }),
];

const branches: Step[] = [
  aCallActivity('order', { ...at('采购', 'Order'), on: [aHandler('no_goods', { catch: 'error' }, [])] }),
  aCallActivity('pay', { ...at('付款', 'Pay'), flow: { expression: 'if amount > 5 then "transfer" else "cash"' } }),
  aParallel(
    'both',
    [
      [aUserTask('one'), anEnd('enough', 'enough', { ends: 'branch' })],
      [
        aTimer('two'),
        anExclusive('maybe', 'true', [anEnd('early', 'early', { ends: 'branch' })], []),
        aUserTask('three'),
      ],
      [],
    ],
    at('并行', 'Both'),
  ),
  aParallel('first_of', [[aUserTask('left')], [aUserTask('right')]], {
    join: 'any',
    on: [aHandler('over', { catch: 'message', name: 'paid', key: '"k1"' }, [aUserTask('tidy')])],
  }),
  anInclusive(
    'some',
    [
      ['amount > 5', [aUserTask('much')]],
      ['amount > 1', []],
    ],
    [aUserTask('little')],
  ),
  aRace('wait', [
    [{ catch: 'timer', in: 'PT2H' }, [aJump('back', 'report')]],
    [{ catch: 'message', name: 'paid', key: '"k1"' }, []],
    [{ catch: 'condition', when: 'amount > 3' }, [aUserTask('look')]],
  ]),
  aRace(
    'guarded',
    [
      [{ catch: 'signal', name: 'storm' }, [aJump('out', 'report')]],
      [{ catch: 'timer', at: 'now' }, []],
    ],
    {
      on: [aHandler('guard', { catch: 'timer', in: 'P9D' }, [aJump('away', 'wait')])],
    },
  ),
];

const undone: Step[] = [
  aUserTask('book', {
    on: [
      aHandler('unbook', { catch: 'compensation', ...at('退订', 'Cancel the booking') }, [aUserTask('call_off')]),
      aHandler('too_slow', { catch: 'timer', in: 'PT1H' }, []),
    ],
  }),
  aSubProcess('trip', [aUserTask('fly')], [aHandler('untrip', { catch: 'compensation' }, [aUserTask('refund')])]),
  aParallel('legs', [[aUserTask('go')], [aUserTask('return')]], {
    on: [aHandler('unlegs', { catch: 'compensation' }, [])],
  }),
  { id: 'undo_all', kind: 'throw', ...at('全部撤销', 'Undo all'), send: 'compensation' },
  { id: 'undo_legs', kind: 'throw', ...at('撤销行程', 'Undo the legs'), send: 'compensation', of: 'legs' },
];

const scopes: Step[] = [
  aSubProcess(
    'part',
    [
      aThrow('cry', { escalation: 'help' }),
      aThrow('shout', { signal: 'storm' }),
      aThrow('write', { message: 'paid', key: 'amount' }),
      anExclusive(
        'whole',
        'amount > 9',
        [anEnd('stop', 'stopped', { ends: 'scope' })],
        [anEnd('break', 'broken', { ends: 'error' })],
      ),
    ],
    [
      aHandler('helped', { catch: 'escalation', code: 'help', interrupting: false }, [aUserTask('help')]),
      aHandler('broke', { catch: 'error' }, [aUserTask('mend')]),
      aHandler('undo_part', { catch: 'cancel' }, [aServiceTask('undo')]),
    ],
  ),
  aForEach('each', [anApproval('sign', { mode: 'all', ...at('会签', 'Sign') })], {
    ...at('逐项', 'Each'),
    mode: 'sequential',
    until: 'done > 2',
    on: [aHandler('enough_each', { catch: 'condition', when: 'amount > 8', interrupting: false }, [])],
  }),
  aLoop('round', 'amount > 2', [aUserTask('try'), anExclusive('leave', 'amount > 1', [aJump('leap', 'report')], [])]),
  anExclusive('last', 'amount > 4', [aJump('skip', 'closing')], [anEnd('gone', 'gone')]),
  aParallel('closing', [[aUserTask('p')], [aUserTask('q')]]),
];

export const everything: Flow = {
  ...aFlow([...work, ...branches, ...undone, ...scopes], {
    on: [
      aHandler('cancelled', { catch: 'cancel', ...at('撤销', 'Cancelled') }, [aUserTask('clean')]),
      aHandler('asked', { catch: 'message', name: 'ask', key: 'amount', interrupting: false }, []),
    ],
  }),
  start: {
    who: ['staff'],
    fields: {},
    label: { 'zh-CN': '开始', en: 'Begin' },
    on: [
      { id: 'by_message', by: 'message', name: 'begin', fields: {} },
      { id: 'monthly', by: 'schedule', rrule: 'FREQ=MONTHLY;BYMONTHDAY=25', from: '2026-01-01T08:00', fields: {} },
      { id: 'on_record', by: 'record', form: 'unit', event: 'created', fields: {} },
    ],
  },
};
