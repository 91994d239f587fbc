import { expect, it } from 'vitest';
import en from '../../../messages/outbox/en.json' with { type: 'json' };
import zh from '../../../messages/outbox/zh-CN.json' with { type: 'json' };
import { errorText, filtersOf, toQuery } from './words.ts';

it('says why a message did not go out', () => {
  const said = [
    'not_configured',
    'sms_no_template',
    'smtp_550',
    'smtp_451',
    'isv.BUSINESS_LIMIT_CONTROL',
    'sms_timeout',
    'robot_unknown',
  ].map((error) => errorText({ error }));

  expect(new Set(said).size).toBe(7);
  expect(said[2]).toContain('smtp_550');
  expect(errorText({ error: null })).toBeUndefined();
});

it('keeps filters in the address, and only what they can be', () => {
  const filters = filtersOf(new URLSearchParams('q=WX-1&channel=fax&state=failed&person=p1'));

  expect(filters).toEqual({ q: 'WX-1', channel: '', state: 'failed', person: 'p1' });
  expect(toQuery(filters)).toBe('q=WX-1&state=failed&person=p1');
});

it('has the same texts in both languages', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
});
