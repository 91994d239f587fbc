import { expect, it } from 'vitest';
import { compileForm } from '../../forms/compile.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import { toSummary } from './task-items.ts';

const text = (word: string): { 'zh-CN': string; en: string } => ({ 'zh-CN': word, en: word });
const schema = {
  title: 'Purchase',
  type: 'object',
  additionalProperties: false,
  'x-key': 'purchase',
  'x-kind': 'case',
  'x-title': text('Purchase'),
  'x-local': true,
  'x-label': '{what}',
  required: ['what'],
  properties: {
    what: { type: 'string', 'x-field': 'text', 'x-title': text('What') },
    amount: { type: 'number', 'x-field': 'money', 'x-title': text('Amount') },
  },
};
const flow = { form: compileForm(schema, { sections: [{ fields: ['what', 'amount'] }] }) } as unknown as PublishedFlow;

it('shows amounts of money as amounts, and leaves other values as they are', () => {
  expect([
    toSummary(flow, { field: 'amount', value: '6800' }, 'zh-CN')[0]?.value,
    toSummary(flow, { field: 'what', value: '6800' }, 'en')[0]?.value,
    toSummary(flow, { field: 'gone', value: 'x' }, 'en'),
  ]).toEqual(['¥ 6,800.00', '6800', []]);
});
