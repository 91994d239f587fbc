import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nextAt, removeOld } from './nightly.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-nightly-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const make = (...names: string[]): void => {
  for (const name of names) mkdirSync(join(folder, name));
};
const at = (text: string): number => Date.parse(text);

it('takes the first backup at once, the next at two in the morning in China', () => {
  expect(nextAt(folder, 18, at('2026-11-24T03:00:00Z'))).toBe(at('2026-11-24T03:00:00Z'));
  make('20261124T030000Z');
  expect(nextAt(folder, 18, at('2026-11-24T03:00:01Z'))).toBe(at('2026-11-24T18:00:00Z'));
  make('20261124T180000Z');
  expect(nextAt(folder, 18, at('2026-11-24T18:00:00Z'))).toBe(at('2026-11-25T18:00:00Z'));
});

it('makes up at once for a night on which the machine was off', () => {
  make('20261120T180000Z');

  expect(nextAt(folder, 18, at('2026-11-24T03:00:00Z'))).toBe(at('2026-11-24T03:00:00Z'));
});

it('removes what is older than asked, never the newest, and nothing that it did not make', () => {
  make('20261001T180000Z', '20261101T180000Z', '20261123T180000Z', 'other', '20261001T180000Z.new');
  removeOld(folder, 10, at('2026-11-24T03:00:00Z'));
  expect(readdirSync(folder).sort()).toEqual(['20261001T180000Z.new', '20261123T180000Z', 'other']);

  removeOld(folder, 10, at('2027-11-24T03:00:00Z'));
  expect(readdirSync(folder)).toContain('20261123T180000Z');
});
