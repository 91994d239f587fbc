/**
 * Run as a program by tests that kill it: the start of `npm start` up to and including the services, without app and worker.
 * Prints one JSON line when they are up, and ends them on SIGTERM.
 */
import { createClosers } from '../closers.ts';
import { readSettings } from '../config.ts';
import { explain } from '../services/terminal.ts';
import { bringUpServices, holdDataDir } from '../start.ts';

const closers = createClosers();
process.on('SIGTERM', () => {
  void closers.closeAll().then(() => process.exit(0));
});

try {
  const settings = readSettings();
  const lock = await holdDataDir(settings, closers);
  const say = (key: string): boolean => process.stdout.write(`${JSON.stringify({ said: key })}\n`);
  const { databaseAdminUrl, temporalAddress } = await bringUpServices(settings, say, closers);
  lock?.publish('http://127.0.0.1:1');
  process.stdout.write(`${JSON.stringify({ databaseAdminUrl, temporalAddress })}\n`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ failed: explain(error, 'en') })}\n`);
  await closers.closeAll();
  process.exit(1);
}
