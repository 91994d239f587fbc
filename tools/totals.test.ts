import { describe, expect, it } from 'vitest';
import { countTotals, type Report } from './totals.ts';

const green: Report = {
  success: true,
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 2,
  testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] }],
};

describe('the last line of a run', () => {
  it('counts what passed, failed and was skipped', () => {
    expect(countTotals(green, 0)).toEqual({ passed: 12, failed: 0, skipped: 2 });
  });

  it('counts a failed test once', () => {
    const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] }];

    expect(countTotals({ ...green, success: false, numFailedTests: 1, testResults }, 0).failed).toBe(1);
  });

  it('counts a file that cannot be loaded', () => {
    const testResults = [...green.testResults, { name: 'b.test.ts', status: 'failed', assertionResults: [] }];

    expect(countTotals({ ...green, success: false, testResults }, 0).failed).toBe(1);
  });

  it('is never green over an error outside the tests, a run without tests or a missing report', () => {
    expect(countTotals({ ...green, success: false }, 0).failed).toBe(1);
    expect(countTotals({ ...green, numPassedTests: 0, testResults: [] }, 0).failed).toBe(1);
    expect(countTotals(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts a failed check', () => {
    expect(countTotals(green, 1).failed).toBe(1);
  });
});
