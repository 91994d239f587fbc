/** `npm run bpmn:import FILE`: prints the flows of a BPMN file as JSON, or on standard error why it cannot be taken over. */
import { readFile } from 'node:fs/promises';
import { importBpmn } from '../workflows/bpmn/import.ts';
import { printRefusals } from './bpmn-files.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Usage: npm run bpmn:import FILE\n');
  process.exit(2);
}
const result = await importBpmn(await readFile(file, 'utf8'));
if (result.ok) {
  const [only, ...others] = result.flows.map(({ flow }) => flow);
  process.stdout.write(`${JSON.stringify(others.length === 0 ? only : [only, ...others], null, 2)}\n`);
} else {
  printRefusals(result.refusals);
  process.exitCode = 1;
}
