/** `node tools/ci-totals.ts <vitest report> <failed checks>`: prints the last line of .ci/run and ends with 1 when anything failed. */
import { readFileSync } from 'node:fs';
import { countTotals, type Report } from './totals.ts';

function readReport(path: string | undefined): Report | undefined {
  try {
    return JSON.parse(readFileSync(path ?? '', 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

const [path, broken] = process.argv.slice(2);
const totals = countTotals(readReport(path), Number(broken ?? 0));
if (Number(broken ?? 0) > 0) process.stdout.write('npm run check failed: it counts as one.\n');
if (totals.skipped > 0) process.stdout.write(`${totals.skipped} skipped\n`);
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
process.exitCode = totals.failed > 0 ? 1 : 0;
