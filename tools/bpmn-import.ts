/** `npm run bpmn:import FILE`: prints the flows of a BPMN file as JSON, or on standard error why it cannot be taken over. */
import { importBpmn } from '../workflows/bpmn/import.ts';
import { endWithReader, printRefusals, readText } from './bpmn-files.ts';

endWithReader();
const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Usage: npm run bpmn:import FILE\n');
  process.exit(2);
}
const result = await importBpmn(await readText(file));
if (result.ok) {
  const [only, ...others] = result.flows.map(({ flow }) => flow);
  process.stdout.write(`${JSON.stringify(others.length === 0 ? only : [only, ...others], null, 2)}\n`);
} else {
  printRefusals(result.refusals);
  process.exitCode = 1;
}
