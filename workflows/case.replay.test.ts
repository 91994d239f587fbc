/** Every recorded history replays on today's code, without a server: what changes a running case's commands fails here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { testWorkflowBundle } from '../server/testing/temporal.ts';
import { historyFromText } from './testing-history.ts';

const folder = join(import.meta.dirname, 'histories');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const isInvalid = (name: string): boolean => name.endsWith('.invalid.json');

async function replay(name: string): Promise<void> {
  const history = historyFromText(readFileSync(join(folder, name), 'utf8'));
  const workflowBundle = { codePath: await testWorkflowBundle() };
  await Worker.runReplayHistory({ workflowBundle }, history);
}

describe('recorded histories', () => {
  it.each(files.filter((name) => !isInvalid(name)))('%s replays', async (name) => {
    await expect(replay(name)).resolves.toBeUndefined();
  });

  it.each(files.filter(isInvalid))('%s does not, so the test bites', async (name) => {
    await expect(replay(name)).rejects.toBeInstanceOf(DeterminismViolationError);
  });

  it('hold a case of every flow, construct and clock, one that continued as new, and one that must fail', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'callback-continued.json',
        'callbacks.json',
        'calls.json',
        'changed-step.invalid.json',
        'clocks.json',
        'constructs.json',
        'continued.json',
        'handlers.json',
        'leave.json',
        'migrated.json',
        'operated.json',
        'parallel.json',
        'repair-chargeable.json',
        'repair-emergency.json',
        'repair.json',
        'signers.json',
        'undone.json',
        'whole-migrated.json',
        'whole-repair.json',
      ]),
    );
  });
});
