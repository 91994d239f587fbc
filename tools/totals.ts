/** Counts a test run from vitest's JSON report: what failed before it could be counted still counts as failed. */

export interface Report {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[];
}

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** `report` is undefined when vitest ended without one; `brokenChecks` counts checks beside the tests that failed. */
export function countTotals(report: Report | undefined, brokenChecks: number): Totals {
  if (report === undefined) return { passed: 0, failed: 1 + brokenChecks, skipped: 0 };
  // A file that cannot be loaded has no tests, and no failed ones.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const found = report.numFailedTests + brokenFiles;
  // An error outside any test fails the run only as a whole. A run without tests proves nothing.
  const isHollow = found === 0 && (!report.success || report.numPassedTests === 0);
  return {
    passed: report.numPassedTests,
    failed: found + (isHollow ? 1 : 0) + brokenChecks,
    skipped: report.numPendingTests,
  };
}
