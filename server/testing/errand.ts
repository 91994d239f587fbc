/**
 * A small form type and flow for tests and benchmarks of the command protocol. Two human steps (a pool, then a person of a field), so
 * that every act has something to act on.
 */
import type { Flow } from '../../workflows/engine/flow.gen.ts';

const text = (en: string) => ({ 'zh-CN': en, en });

export const errandForm = {
  schema: {
    title: 'Errand',
    type: 'object',
    additionalProperties: false,
    'x-key': 'errand',
    'x-kind': 'case',
    'x-title': text('Errand'),
    'x-local': false,
    'x-label': '{number}',
    required: ['what'],
    properties: {
      number: {
        type: 'string',
        'x-field': 'autoNumber',
        'x-title': text('Number'),
        'x-number': { pattern: 'ER-{yyyy}-{seq:4}' },
      },
      what: { type: 'string', 'x-field': 'text', 'x-title': text('What'), 'x-personal': true },
      kind: {
        type: 'string',
        'x-field': 'choice',
        'x-title': text('Kind'),
        oneOf: [
          { const: 'small', 'x-title': text('Small') },
          { const: 'big', 'x-tone': 'danger', 'x-title': text('Big') },
        ],
      },
      amount: { type: 'number', 'x-field': 'money', 'x-title': text('Amount') },
      runner: { type: 'string', format: 'uuid', 'x-field': 'person', 'x-title': text('Runner') },
      note: { type: 'string', 'x-field': 'text', 'x-title': text('Note') },
      code: { type: 'string', 'x-field': 'text', 'x-title': text('Code') },
    },
    'x-constraints': [{ kind: 'unique', fields: ['code'] }],
  },
  layout: {
    sections: [{ fields: ['number', 'what', 'kind', 'amount', 'runner', 'note', 'code'] }],
    list: ['number', 'what'],
  },
};

export const errandFlow: Flow = {
  key: 'errand',
  title: text('Errand'),
  form: 'errand',
  caseTitle: 'what',
  summary: ['kind', 'note'],
  start: { who: ['staff'], fields: { what: 'required', kind: 'edit', amount: 'edit', code: 'edit' } },
  steps: [
    {
      id: 'hand_out',
      kind: 'userTask',
      title: text('Hand out'),
      people: { assign: { rule: 'pool', role: 'dispatcher' } },
      fields: { runner: 'required', note: 'edit', amount: 'edit', code: 'edit' },
      actions: [
        { outcome: 'handed_out', label: text('Hand out'), intent: 'primary' },
        { outcome: 'refused', label: text('Refuse'), comment: 'required', fields: { runner: 'edit' } },
      ],
    },
    {
      id: 'big',
      kind: 'exclusive',
      title: text('Refused?'),
      branches: [
        {
          title: text('Refused'),
          when: 'outcomes.hand_out = "refused"',
          steps: [{ id: 'stop', kind: 'end', outcome: 'refused' }],
        },
      ],
      otherwise: { steps: [] },
    },
    {
      id: 'run',
      kind: 'userTask',
      title: text('Run'),
      // Nobody is looked up, so that each act is one event.
      people: { assign: { rule: 'field', field: 'runner' }, whenAbsent: 'keep' },
      fields: { note: 'edit', code: 'edit' },
    },
  ],
};
