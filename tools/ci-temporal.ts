/** Finds, downloads or builds Temporal as `npm start` does, with progress, so that the tests need not wait in silence. */
import { message, StartError } from '../server/services/messages.ts';
import { findTemporalBinary } from '../server/services/temporal-binary.ts';

try {
  const path = await findTemporalBinary({
    environment: process.env,
    say: (key, params) => {
      process.stdout.write(`${message('en', key, params)}\n`);
    },
  });
  process.stdout.write(`Temporal: ${path}\n`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
