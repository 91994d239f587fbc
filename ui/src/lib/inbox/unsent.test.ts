import { expect, it } from 'vitest';
import { unsentText } from './unsent.ts';

const form = {
  key: 'repair',
  version: 1,
  layout: {},
  schema: {
    properties: {
      note: { 'x-title': { 'zh-CN': '派工说明', en: 'Note' } },
      who: { 'x-title': { 'zh-CN': '维修工', en: 'Who' } },
    },
  },
};

it('tells only what was written here and differs from the case', () => {
  const written = { note: '带梯子', who: 'chen', place: '主卫', phone: null };
  const text = unsentText({ form, fields: { place: '主卫', phone: '138' } }, written, {
    comment: ' 请尽快 ',
    labels: { chen: '陈志强' },
  });

  expect(text).toBe('派工说明：带梯子\n维修工：陈志强\n请尽快');
  expect(unsentText({ form, fields: {} }, {}, { comment: '', labels: {} })).toBe('');
});
