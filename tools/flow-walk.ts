/**
 * `npm run flow:walk FILE [FILE…]`: walks through BPMN processes. Reads acts from standard input, one a line, and prints one JSON line for
 * each: the sorted ids of the elements that wait, `"ended"`, or `{"error": …}` when the act changed nothing.
 */
import { createInterface } from 'node:readline';
import { perform } from '../workflows/bpmn/walk/acts.ts';
import { deploy } from '../workflows/bpmn/walk/deployed.ts';
import { World } from '../workflows/bpmn/walk/world.ts';
import { endWithReader, printRefusals, readText } from './bpmn-files.ts';

endWithReader();
const files = process.argv.slice(2);
if (files.length === 0) {
  process.stderr.write('Usage: npm run flow:walk FILE [FILE…]\n');
  process.exit(2);
}
const deployed = await deploy(await Promise.all(files.map(readText)));
if (deployed.ok) {
  const world = new World(deployed.deployment);
  for await (const line of createInterface({ input: process.stdin }))
    if (line.trim() !== '') process.stdout.write(`${JSON.stringify(perform(world, line))}\n`);
} else {
  printRefusals(deployed.refusals);
  process.exitCode = 1;
}
