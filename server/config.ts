/**
 * The only reader of the environment and of the command line. Gives one typed object or one error that lists all that is wrong.
 * What the started services decide (addresses, generated keys) is filled in by `completeConfig`.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { noConnectors, readConnectors, type ConnectorSettings } from '../activities/settings.ts';
import { problemOfPlace, readPlace, type S3Place } from './files/place.ts';
import { readOutbound, type OutboundSettings } from './outbound/settings.ts';
import { problemsInProduction } from './production-settings.ts';
import { problemOfProxies, readProxies, type TrustedProxies } from './proxies.ts';
import { settings, type Setting, type SettingName } from './settings.ts';

export const locales = ['zh-CN', 'en'] as const;
export type Locale = (typeof locales)[number];
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** One AES-256-GCM key of the payload codec (protocol.md rule 15). */
export interface CodecKey {
  id: string;
  key: Buffer;
}

interface Common {
  mode: 'demo' | 'production';
  /** Which halves this process runs: `npm start` both, `--role api|worker` one. */
  role: 'all' | 'api' | 'worker';
  host: string;
  /** 0 = any free port. */
  port: number;
  /** Origin without a trailing slash; undefined = whatever address the server listens on. */
  publicUrl: string | undefined;
  /** Absolute. */
  dataDir: string;
  /** Where uploaded files are kept; undefined: `files/` in the data folder. */
  files: S3Place | undefined;
  databasePoolSize: number;
  temporalNamespace: string;
  temporalTaskQueue: string;
  logLevel: LogLevel;
  locale: Locale;
  trustProxy: TrustedProxies;
  cookieSecure: boolean;
  /** Photos that one person may keep within 24 hours, in MB (1,000,000 bytes). */
  uploadMegabytesADay: number;
  /** How e-mail and SMS leave; undefined: not at all. */
  outbound?: OutboundSettings;
  /** What activities of flows may reach; undefined: nothing. */
  connectors?: ConnectorSettings;
  /** Undefined: /metrics is for this machine only. */
  metricsToken?: string | undefined;
}

/** What was asked for; `undefined` = "bring it up yourself". */
export interface Settings extends Common {
  databaseUrl: string | undefined;
  databaseAdminUrl: string | undefined;
  temporalAddress: string | undefined;
  codecKeys: readonly CodecKey[] | undefined;
  /** Superuser of a Postgres that was brought along; only backup and restore use it. */
  backupUrl: string | undefined;
  backupDatabases: readonly string[];
  backupKeepDays: number;
  /** What the search for programs and the started children see. */
  environment: NodeJS.ProcessEnv;
}

/** What the running server works with. */
export interface Config extends Common {
  /** As guanjia_app. */
  databaseUrl: string;
  /** As guanjia_owner. */
  databaseAdminUrl: string;
  temporalAddress: string;
  /** The first encrypts, all decrypt; never empty. */
  codecKeys: readonly CodecKey[];
}

export type Provided = Pick<Config, 'databaseUrl' | 'databaseAdminUrl' | 'temporalAddress' | 'codecKeys'>;

/** Lists everything that is wrong with the environment at once, one sentence each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Guanjia cannot start with these settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** @throws ConfigError */
export function readSettings(
  environment: NodeJS.ProcessEnv = process.env,
  argv: readonly string[] = process.argv.slice(2),
): Settings {
  const problems: string[] = [];
  const text = (name: SettingName): string | undefined => readText(name, environment, problems);
  const must = (name: SettingName): string => text(name) ?? '';
  const mode = must('GUANJIA_MODE') === 'production' ? 'production' : 'demo';
  const read: Settings = {
    mode,
    role: readRole(argv, problems),
    host: must('HOST'),
    port: Number(must('PORT')),
    publicUrl: text('GUANJIA_PUBLIC_URL')?.replace(/\/+$/, ''),
    dataDir: resolve(must('GUANJIA_DATA_DIR')),
    files: readFiles(text, problems),
    databaseUrl: text('DATABASE_URL'),
    databaseAdminUrl: text('DATABASE_ADMIN_URL'),
    databasePoolSize: Number(must('DATABASE_POOL_SIZE')),
    temporalAddress: text('TEMPORAL_ADDRESS'),
    temporalNamespace: must('TEMPORAL_NAMESPACE'),
    temporalTaskQueue: must('TEMPORAL_TASK_QUEUE'),
    codecKeys: readCodecKeys(text('GUANJIA_CODEC_KEYS'), problems),
    logLevel: must('GUANJIA_LOG_LEVEL') as LogLevel,
    locale: must('GUANJIA_LOCALE') as Locale,
    trustProxy: readProxies(must('GUANJIA_TRUST_PROXY')),
    cookieSecure: (text('GUANJIA_COOKIE_SECURE') ?? String(mode === 'production')) === 'true',
    uploadMegabytesADay: Number(must('GUANJIA_UPLOAD_MB_A_DAY')),
    outbound: readOutbound(text, problems),
    connectors: readConnectorFile(text('GUANJIA_CONNECTORS'), problems),
    metricsToken: text('GUANJIA_METRICS_TOKEN'),
    backupUrl: text('GUANJIA_BACKUP_URL'),
    backupDatabases: must('GUANJIA_BACKUP_DATABASES')
      .split(',')
      .map((name) => name.trim()),
    backupKeepDays: Number(must('GUANJIA_BACKUP_KEEP_DAYS')),
    environment,
  };
  checkTogether(read, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return read;
}

/** Adds what the services provided: the result has no gaps. */
export function completeConfig(asked: Settings, provided: Provided): Config {
  const {
    environment: _environment,
    backupUrl: _backupUrl,
    backupDatabases: _databases,
    backupKeepDays: _keepDays,
    ...common
  } = asked;
  return { ...common, ...provided };
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function readText(name: SettingName, environment: NodeJS.ProcessEnv, problems: string[]): string | undefined {
  const setting: Setting | undefined = settings.find((each) => each.name === name);
  // An empty variable is how shells and compose files say "not set".
  const given = environment[name]?.trim();
  const value = given === undefined || given === '' ? setting?.default : given;
  const problem = setting && value !== undefined ? problemOf(setting, value) : undefined;
  if (problem === undefined) return value;
  problems.push(`${name} ${problem}`);
  return setting?.default;
}

type Check = (value: string, setting: Setting) => string | undefined;

const anything: Check = () => undefined;

/** By kind of setting: what is wrong with a value, as the rest of a sentence that starts with the setting's name. */
const checks: Record<Setting['kind'], Check> = {
  port: (value) => unless(/^\d{1,5}$/.test(value) && Number(value) <= 65_535, `is "${value}": a port is 0 to 65535`),
  count: (value) => unless(/^[1-9]\d{0,3}$/.test(value), `is "${value}": a whole number from 1 to 9999 is needed`),
  switch: (value) => unless(value === 'true' || value === 'false', `is "${value}": true or false is needed`),
  choice: (value, { choices = [] }) =>
    unless(choices.includes(value), `is "${value}": one of ${choices.join(', ')} is needed`),
  // The value holds a password: it is not repeated.
  'postgres url': (value) => unless(/^postgres(ql)?:\/\/.+/.test(value), 'is not a postgres:// address'),
  address: (value) => unless(/^([^\s:/]+|\[[\da-fA-F:]+\]):\d{1,5}$/.test(value), `is "${value}": host:port is needed`),
  proxies: problemOfProxies,
  'file store': problemOfPlace,
  text: anything,
  folder: anything,
  keys: anything,
};

function unless(ok: boolean, problem: string): string | undefined {
  return ok ? undefined : problem;
}

function problemOf(setting: Setting, value: string): string | undefined {
  return checks[setting.kind](value, setting);
}

function readRole(argv: readonly string[], problems: string[]): Settings['role'] {
  const [flag, value, ...rest] = argv.flatMap((word) => word.split('='));
  if (flag === undefined) return 'all';
  if (flag === '--role' && (value === 'api' || value === 'worker') && rest.length === 0) return value;
  problems.push(`the command line "${argv.join(' ')}" is not understood: --role api or --role worker`);
  return 'all';
}

function readCodecKeys(value: string | undefined, problems: string[]): readonly CodecKey[] | undefined {
  if (value === undefined) return undefined;
  const keys = value.split(',').map((part) => {
    const [id = '', encoded = ''] = part.trim().split(/:(.*)/s);
    return { id, key: Buffer.from(encoded, 'base64') };
  });
  if (keys.some(({ id, key }) => id === '' || key.length !== 32)) {
    problems.push('GUANJIA_CODEC_KEYS needs id:base64 parts divided by commas, each key of 32 bytes');
  }
  if (keys.some(({ key }) => key.length > 0 && key.every((byte) => byte === key[0]))) {
    problems.push('GUANJIA_CODEC_KEYS holds a key that repeats one byte: make one with `openssl rand -base64 32`');
  }
  // Random bytes are never all letters: 32 typed characters are far fewer keys than 32 bytes.
  if (keys.some(({ key }) => key.length === 32 && key.every((byte) => byte >= 0x20 && byte < 0x7f))) {
    problems.push('GUANJIA_CODEC_KEYS holds a key of typed characters: make one with `openssl rand -base64 32`');
  }
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) problems.push('GUANJIA_CODEC_KEYS names one id twice');
  return keys;
}

function readFiles(text: (name: SettingName) => string | undefined, problems: string[]): S3Place | undefined {
  const place = text('GUANJIA_FILES');
  const [id = '', secret = ''] = [text('GUANJIA_FILES_KEY_ID'), text('GUANJIA_FILES_SECRET')];
  const given = [place ?? '', id, secret].filter((value) => value !== '').length;
  if (given !== 0 && given !== 3)
    problems.push('GUANJIA_FILES, GUANJIA_FILES_KEY_ID and GUANJIA_FILES_SECRET go together: set all or none');
  return readPlace(place, { id, secret });
}

function readConnectorFile(path: string | undefined, problems: string[]): ConnectorSettings {
  if (path === undefined) return noConnectors;
  try {
    return readConnectors(readFileSync(path, 'utf8'), problems);
  } catch {
    problems.push(`GUANJIA_CONNECTORS is "${path}": there is no such file, or it cannot be read`);
    return noConnectors;
  }
}

function checkTogether(read: Settings, problems: string[]): void {
  if (read.mode === 'demo' && !isLoopback(read.host)) {
    problems.push(
      `HOST is ${read.host}, but demo mode has well-known passwords: keep HOST on 127.0.0.1 or set GUANJIA_MODE=production`,
    );
  }
  if ((read.databaseUrl === undefined) !== (read.databaseAdminUrl === undefined)) {
    problems.push('DATABASE_URL and DATABASE_ADMIN_URL go together: set both or none');
  }
  if (read.publicUrl !== undefined && !/^https?:\/\/[^/\s]+$/.test(read.publicUrl)) {
    problems.push('GUANJIA_PUBLIC_URL is an origin such as https://wuye.example.com, without a path');
  }
  if (read.mode === 'production') problems.push(...problemsInProduction(read));
  if (read.role !== 'all' && (read.databaseUrl === undefined || read.temporalAddress === undefined)) {
    problems.push(
      `--role ${read.role} shares its services with other processes: set DATABASE_URL, DATABASE_ADMIN_URL and TEMPORAL_ADDRESS`,
    );
  }
}
