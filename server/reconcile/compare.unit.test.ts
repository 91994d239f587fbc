import { expect, it } from 'vitest';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import { compare } from './compare.ts';
import type { Here, There } from './types.ts';

const entry = (rev: number, at = rev): DeltaEntry =>
  ({ rev, at, event: { type: 'task_completed', step: 's', task: 't', actor: null, command: `c${rev}` } }) as DeltaEntry;
const log = (...entries: DeltaEntry[]): Map<number, DeltaEntry> => new Map(entries.map((each) => [each.rev, each]));
const here = (appliedRev: number, status = 'running'): Here => ({
  caseId: 'case',
  number: 'R-1',
  flow: 'repair',
  flowVersion: 1,
  status,
  appliedRev,
  pendingCommands: 0,
});
const there = (entries: DeltaEntry[], more: Partial<There> = {}): There => ({
  caseId: 'case',
  runId: 'run',
  flow: 'repair',
  status: 'running',
  rev: Math.max(0, ...entries.map(({ rev }) => rev)),
  entries,
  result: null,
  ...more,
});
const two = [entry(1), entry(2)];
const three = [...two, entry(3)];

it.each([
  ['agrees', here(2), there(two), undefined],
  ['agrees, though the histories begin late', here(3), there([entry(3)]), undefined],
  ['waits for its start command', here(0, 'starting'), undefined, undefined],
  ['is over on both sides', here(3, 'completed'), there(three, { status: 'completed' }), undefined],
  ['is over here, and forgotten there', here(3, 'cancelled'), undefined, undefined],
  ['is over here, and will end by itself there', here(3, 'completed'), there(three), undefined],
  ['runs here only', here(3), undefined, 'unknown_to_temporal'],
  ['was broken off there', here(3), there(three, { status: 'broken' }), 'unknown_to_temporal'],
  ['is known there only', undefined, there(two), 'unknown_here'],
  ['went on there', here(2), there(three), 'postgres_behind'],
  ['ended there', here(2), there(three, { status: 'completed' }), 'postgres_behind'],
  ['went on here', here(3), there(two), 'temporal_behind'],
  ['ended here', here(3, 'completed'), there(two), 'running_there'],
])('tells what a case is that %s', (_what, ours, theirs, kind) => {
  expect(compare(ours, theirs, log(...three))?.kind).toBe(kind);
});

it('finds the first rev at which both went their own ways', () => {
  const other = [entry(1), entry(2, 99), entry(3, 100)];

  expect(compare(here(3), there(other), log(...three))).toMatchObject({
    kind: 'diverged',
    at: 2,
    revHere: 3,
    revThere: 3,
  });
});
