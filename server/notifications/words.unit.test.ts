import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import notices from '../../content/notices/notices.json' with { type: 'json' };
import { wordsOf } from './words.ts';

const kinds = {
  water_off: {
    inApp: { 'zh-CN': '{flow}：{place}{hours}小时后停水', en: '{flow}: water off at {place} in {hours} h{gone}' },
  },
};

describe('words of what a flow tells', () => {
  it('are filled in, in both languages', () => {
    const flow = { 'zh-CN': '群发故障', en: 'Mass fault' };

    expect(wordsOf('water_off', { flow, place: '3-2-{hours}', hours: 2 }, kinds)).toEqual({
      'zh-CN': '群发故障：3-2-{hours}2小时后停水',
      en: 'Mass fault: water off at 3-2-{hours} in 2 h',
    });
  });

  it('are none for a key without', () => {
    expect(wordsOf('power_off', {}, kinds)).toBeNull();
    expect(wordsOf('toString', {}, kinds)).toBeNull();
  });

  it('are there for every text that a built-in flow names', () => {
    const folder = join(import.meta.dirname, '..', '..', 'workflows', 'flows');
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    const told = files.flatMap((name) => textsIn(JSON.parse(readFileSync(join(folder, name), 'utf8'))));

    expect(files.length).toBeGreaterThan(0);
    expect(told.filter((key) => !(key in notices.kinds))).toEqual([]);
  });

  it('are found wherever a flow tells them', () => {
    const step = { kind: 'serviceTask', activity: 'notify', input: { text: '"water_off"', persons: '[initiator]' } };

    expect(textsIn({ do: [{ branches: [{ do: [step] }] }] })).toEqual(['water_off']);
  });
});

/** Keys of texts given as FEEL literals. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(textsIn);
  const { activity, input } = value as { activity?: unknown; input?: { text?: unknown } };
  const key = activity === 'notify' && typeof input?.text === 'string' ? /^"(\w+)"$/.exec(input.text)?.[1] : undefined;
  return key === undefined ? below : [key, ...below];
}
