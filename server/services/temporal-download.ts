/**
 * Run as a program with a folder as its argument: lets the Temporal SDK download its development server into it, as the SDK's test
 * environment does. The SDK can only download by starting the server once, so it is started and ended.
 */
import { Runtime } from '@temporalio/worker';
import { freePort } from './ports.ts';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('a folder is needed');

const runtime = Runtime.instance();
const server = await runtime.createEphemeralServer({
  type: 'dev-server',
  exe: {
    type: 'cached-download',
    downloadDir: folder,
    version: 'default',
    ttl: 0,
    sdkName: 'sdk-typescript',
    sdkVersion: '1.24.0',
  },
  namespace: 'default',
  ip: '127.0.0.1',
  port: await freePort(),
  uiPort: null,
  dbFilename: null,
  ui: false,
  log: { format: 'pretty', level: 'error' },
  extraArgs: [],
});
await runtime.shutdownEphemeralServer(server);
process.exit(0);
