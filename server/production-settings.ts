/**
 * What production refuses of its settings: whatever `npm start` would make up for a demo, and secrets that others know or can try.
 * One sentence each; none repeats a secret.
 */
import type { Settings } from './config.ts';
import { settings, type Setting } from './settings.ts';

/** Passwords that stand in examples and default set-ups. */
const known = new Set(
  'guanjia-demo guanjia guanjia_app guanjia_owner postgres password passwd admin root secret changeme change-me test test-app test-owner 123456 12345678'.split(
    ' ',
  ),
);
const shortestToken = 16;
/** Roles that row security does not hold, or that own what it protects. */
const unheld = new Set(['postgres', 'guanjia_owner', 'guanjia_publisher']);

export function problemsInProduction(read: Settings): string[] {
  const missing = settings
    .filter((setting: Setting) => setting.inProduction === 'required' && !read.environment[setting.name]?.trim())
    .map(({ name }) => `${name} is required with GUANJIA_MODE=production`);
  const { databaseUrl, databaseAdminUrl, metricsToken } = read;
  const isShort = metricsToken !== undefined && metricsToken.length < shortestToken;
  return [
    ...missing,
    ...problemsOfDatabase('DATABASE_URL', databaseUrl),
    ...problemsOfDatabase('DATABASE_ADMIN_URL', databaseAdminUrl),
    ...problemsOfRole(databaseUrl, databaseAdminUrl),
    ...(isShort
      ? [`GUANJIA_METRICS_TOKEN is too short: at least ${shortestToken} characters, such as \`openssl rand -hex 16\``]
      : []),
  ];
}

function problemsOfDatabase(name: string, url: string | undefined): string[] {
  if (url === undefined) return [];
  const account = readAccount(url);
  if (account === undefined) return [`${name} cannot be read as an address`];
  const { user, password } = account;
  if (password === '') return [`${name} has no password: production needs one`];
  const isKnown = known.has(password.toLowerCase()) || password === user;
  return isKnown ? [`${name}: the database password is a default one: production refuses it`] : [];
}

function problemsOfRole(app: string | undefined, admin: string | undefined): string[] {
  const [user, owner] = [app, admin].map((url) => (url === undefined ? undefined : readAccount(url)?.user));
  if (user === undefined || (user !== owner && !unheld.has(user))) return [];
  return [`DATABASE_URL works as ${user}, whom row security does not hold: use guanjia_app`];
}

/** As node-postgres reads it: what stands in the query wins. */
function readAccount(url: string): { user: string; password: string } | undefined {
  try {
    const { username, password, searchParams } = new URL(url);
    return {
      user: searchParams.get('user') ?? decodeURIComponent(username),
      password: searchParams.get('password') ?? decodeURIComponent(password),
    };
  } catch {
    return undefined;
  }
}
