/**
 * `npm run account -- <username> <name> [role]`: an account that may sign in, with a role everywhere (admin unless said). A production
 * begins without any: this makes the first one. The password is made up and printed once; who signs in changes it under Settings.
 */
import { randomBytes } from 'node:crypto';
import { makeAccount } from './people/account.ts';
import { runTool, type Tool } from './services/connect.ts';
import { StartError } from './services/messages.ts';
import { createSay } from './services/terminal.ts';

const usage = 'npm run account -- <username> <name> [role]';

async function account({ deps, settings, print }: Tool): Promise<number> {
  const [username = '', name = '', role = 'admin', ...rest] = process.argv.slice(2).map((word) => word.trim());
  if (username === '' || name === '' || rest.length > 0) throw new StartError('tool_usage', { usage });
  const password = randomBytes(15).toString('base64url');
  await makeAccount(deps.adminDb, { username, name, role, password });
  createSay(settings.locale, print)('account_made', { username, role, password });
  return 0;
}

await runTool('either', account);
