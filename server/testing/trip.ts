/** A register and a case form with a flow whose rules look up, set and refuse: for tests of `prepare` and of the activities about records. */
import type { Flow, Prepare } from '../../workflows/engine/flow.gen.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const field = (kind: string, title: string, more: object = {}) => ({
  type: { money: 'number', number: 'number', integer: 'integer' }[kind] ?? 'string',
  ...(kind === 'date' && { format: 'date' }),
  ...(kind === 'dateTime' && { format: 'date-time' }),
  ...(['person', 'ref'].includes(kind) && { format: 'uuid' }),
  'x-field': kind,
  'x-title': text(title),
  ...more,
});
const kinds = {
  oneOf: [
    { const: 'near', 'x-title': { 'zh-CN': '近途', en: 'Near' } },
    { const: 'far', 'x-title': { 'zh-CN': '远途', en: 'Far' } },
  ],
};

/** How many days of a kind of trip there are in a community. */
export const quotaForm = {
  schema: {
    title: 'Quota',
    type: 'object',
    additionalProperties: false,
    'x-key': 'quota',
    'x-kind': 'register',
    'x-title': text('Quota'),
    'x-local': true,
    'x-label': '{name}',
    required: ['name', 'kind', 'days'],
    properties: {
      name: field('text', 'Name'),
      kind: field('choice', 'Kind', kinds),
      days: field('number', 'Days', { 'x-decimals': 1 }),
      price: field('money', 'Price'),
      until: field('date', 'Until'),
    },
  },
  layout: { sections: [{ fields: ['name', 'kind', 'days', 'price', 'until'] }], list: ['name'] },
};

export const tripForm = {
  schema: {
    title: 'Trip',
    type: 'object',
    additionalProperties: false,
    'x-key': 'trip',
    'x-kind': 'case',
    'x-title': text('Trip'),
    'x-local': true,
    'x-label': '{number}',
    required: ['kind', 'days'],
    properties: {
      number: field('autoNumber', 'Number', { 'x-number': { pattern: 'TR-{yyyy}-{seq:4}' } }),
      kind: field('choice', 'Kind', kinds),
      from: field('date', 'From'),
      to: field('date', 'To'),
      days: field('integer', 'Days'),
      balance: field('number', 'Balance', { 'x-decimals': 1 }),
      who: field('text', 'Who'),
      price: field('money', 'Price'),
      total: field('computed', 'Total', { type: 'number', 'x-result': 'money', 'x-formula': 'price * days' }),
      quota: field('ref', 'Quota', { 'x-ref': 'quota' }),
      back: field('dateTime', 'Back'),
      note: field('text', 'Note'),
    },
  },
  layout: {
    sections: [
      { fields: ['number', 'kind', 'from', 'to', 'days', 'balance', 'who', 'price', 'total', 'quota', 'back', 'note'] },
    ],
    list: ['number'],
  },
};

const start: Prepare = {
  lookups: [
    { name: 'granted', form: 'quota', take: 'sum', field: 'days', where: [{ field: 'kind', op: '=', value: 'kind' }] },
    {
      name: 'best',
      form: 'quota',
      take: 'one',
      where: [
        { field: 'kind', op: '=', value: 'kind' },
        { field: 'until', op: '>=', value: 'to' },
      ],
      order: { field: 'until', descending: true },
    },
    { name: 'bestName', form: 'quota', take: 'label', where: [{ field: 'id', op: '=', value: 'best.id' }] },
    {
      name: 'untils',
      form: 'quota',
      take: 'list',
      field: 'until',
      where: [{ field: 'until', op: '!=', value: 'null' }],
    },
    {
      name: 'others',
      form: 'trip',
      take: 'count',
      where: [
        { field: 'kind', op: '=', value: 'kind' },
        { field: 'from', op: '<=', value: 'to' },
        { field: 'to', op: '>=', value: 'from' },
        { field: 'caseStatus', op: 'in', value: '["starting", "running", "completed"]' },
      ],
    },
  ],
  set: {
    days: '(to - from).days + 1',
    balance: 'granted - days',
    who: 'person.name',
    price: 'best.price / 3',
    quota: 'best.id',
  },
  refuse: [
    {
      when: 'balance < 0',
      field: 'to',
      message: { 'zh-CN': '{kind}共 {days} 天，只剩 {granted} 天', en: '{kind}: {days} days, {granted} left' },
    },
    { when: 'others > 0', message: text('It overlaps another') },
    { when: 'total > 1000', message: text('{total} is too much') },
    { when: 'from < today', field: 'from', message: text('Too late') },
  ],
};

export const tripFlow: Flow = {
  key: 'trip',
  title: text('Trip'),
  form: 'trip',
  start: {
    who: ['staff'],
    fields: { kind: 'required', from: 'required', to: 'required', days: 'read', balance: 'read', who: 'hidden' },
    prepare: start,
  },
  steps: [
    {
      id: 'look',
      kind: 'userTask',
      title: text('Look at it'),
      people: { assign: { rule: 'pool', role: 'dispatcher' } },
      fields: { note: 'edit' },
      actions: [
        {
          outcome: 'agreed',
          label: text('Agree'),
          intent: 'primary',
          prepare: {
            lookups: [
              { name: 'all', form: 'quota', take: 'count' },
              { name: 'same', form: 'trip', take: 'count', where: [{ field: 'kind', op: '=', value: 'kind' }] },
            ],
            set: { note: 'note + " / " + string(all) + " quotas, " + string(same) + " alike"', back: 'to' },
            refuse: [{ when: 'note = null', field: 'note', message: text('{person.name}, say why') }],
          },
        },
        { outcome: 'declined', label: text('Decline'), when: 'days > 1' },
      ],
      pause: { max: 'P3D', reasons: [text('Waiting')] },
      due: { in: 'P1D' },
    },
  ],
};
