import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, completeConfig, isLoopback, readSettings } from './config.ts';

const key = Buffer.from(Array.from({ length: 32 }, (_each, index) => index)).toString('base64');
const production = {
  GUANJIA_MODE: 'production',
  GUANJIA_PUBLIC_URL: 'https://wuye.example.com',
  DATABASE_URL: 'postgres://guanjia_app:4f0c@db/guanjia',
  DATABASE_ADMIN_URL: 'postgres://guanjia_owner:9a1e@db/guanjia',
  TEMPORAL_ADDRESS: 'temporal:7233',
  GUANJIA_CODEC_KEYS: `2026:${key}`,
};

function problemsOf(environment: NodeJS.ProcessEnv, argv: string[] = []): readonly string[] {
  try {
    readSettings(environment, argv);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('readSettings', () => {
  it('gives a demo on loopback when nothing is set', () => {
    const read = readSettings({}, []);

    expect(read).toMatchObject({ mode: 'demo', role: 'all', host: '127.0.0.1', port: 3000, locale: 'zh-CN' });
    expect(read).toMatchObject({ cookieSecure: false, databaseUrl: undefined, codecKeys: undefined });
    expect(read.dataDir).toBe(resolve('.data'));
  });

  it('takes an empty variable as not set', () => {
    expect(readSettings({ PORT: '', TEMPORAL_ADDRESS: ' ' }, [])).toMatchObject({
      port: 3000,
      temporalAddress: undefined,
    });
  });

  it('lists everything that is wrong at once', () => {
    const problems = problemsOf({
      PORT: '99999',
      GUANJIA_LOCALE: 'fr',
      GUANJIA_TRUST_PROXY: 'yes',
      DATABASE_URL: 'mysql://x',
    });

    expect(problems).toHaveLength(4);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(
      expect.arrayContaining(['PORT', 'GUANJIA_LOCALE', 'GUANJIA_TRUST_PROXY', 'DATABASE_URL']),
    );
  });

  it('never repeats a database password in an error', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://app:hunter2@db/x' }).join()).not.toContain('hunter2');
  });

  it('refuses a demo that others can reach', () => {
    expect(problemsOf({ HOST: '0.0.0.0' })).toEqual([expect.stringContaining('well-known passwords')]);
    expect(problemsOf({ HOST: '::1' })).toEqual([]);
  });

  it('asks production for its services and its keys', () => {
    expect(problemsOf({ GUANJIA_MODE: 'production', HOST: '0.0.0.0' })).toEqual([
      expect.stringMatching(/^GUANJIA_PUBLIC_URL is required/),
      expect.stringMatching(/^DATABASE_URL is required/),
      expect.stringMatching(/^DATABASE_ADMIN_URL is required/),
      expect.stringMatching(/^TEMPORAL_ADDRESS is required/),
      expect.stringMatching(/^GUANJIA_CODEC_KEYS is required/),
    ]);
    expect(readSettings({ ...production, HOST: '0.0.0.0' }, [])).toMatchObject({
      mode: 'production',
      cookieSecure: true,
    });
  });

  it('refuses default passwords and made-up keys in production', () => {
    const zeros = Buffer.alloc(32).toString('base64');

    expect(problemsOf({ ...production, DATABASE_URL: 'postgres://guanjia_app:guanjia-demo@db/x' })).toEqual([
      expect.stringContaining('default one'),
    ]);
    expect(problemsOf({ ...production, GUANJIA_CODEC_KEYS: `a:${zeros}` })).toEqual([
      expect.stringContaining('repeats'),
    ]);
  });

  it.each([
    ['postgres://guanjia_app:guanjia%2Ddemo@db/x', 'default one'],
    ['postgres://guanjia_app:4f0c@db/x?password=Postgres', 'default one'],
    ['postgres://guanjia_app:guanjia_app@db/x', 'default one'],
    ['postgres://guanjia_app@db/x', 'no password'],
    ['postgres://guanjia_owner:4f0c@db/x', 'works as guanjia_owner'],
    ['postgres://guanjia_app:4f0c@db/x?user=postgres', 'works as postgres'],
  ])('refuses in production the database %s', (url, sentence) => {
    expect(problemsOf({ ...production, DATABASE_URL: url })).toEqual([expect.stringContaining(sentence)]);
    expect(problemsOf({ DATABASE_URL: url, DATABASE_ADMIN_URL: production.DATABASE_ADMIN_URL })).toEqual([]);
  });

  it('refuses one account for everyday work and for migrations', () => {
    const url = 'postgres://boss:4f0c@db/x';
    expect(problemsOf({ ...production, DATABASE_URL: url, DATABASE_ADMIN_URL: url })).toEqual([
      expect.stringContaining('works as boss'),
    ]);
  });

  it('refuses secrets that can be tried: a short metrics token, a typed key', () => {
    const typed = Buffer.from('my secret key of 32 letters 1234').toString('base64');

    expect(problemsOf({ ...production, GUANJIA_METRICS_TOKEN: 'short' })).toEqual([
      expect.stringMatching(/^GUANJIA_METRICS_TOKEN is too short/),
    ]);
    expect(problemsOf({ ...production, GUANJIA_CODEC_KEYS: `a:${typed}` })).toEqual([
      expect.stringContaining('typed characters'),
    ]);
  });

  it('believes as many proxies as it is told, or those it is told, and never all', () => {
    const trusted = (value: string): unknown => readSettings({ GUANJIA_TRUST_PROXY: value }, []).trustProxy;

    expect([trusted(''), trusted('false'), trusted('1'), trusted('10.0.0.0/8, fd00::/8')]).toEqual([
      false,
      false,
      1,
      ['10.0.0.0/8', 'fd00::/8'],
    ]);
    expect(problemsOf({ GUANJIA_TRUST_PROXY: 'true' })).toEqual([expect.stringContaining('how many proxies')]);
    for (const value of ['0', '0.0.0.0/0', '10.0.0.0/33', 'proxy', '1.2.3.4/8/8']) {
      expect(problemsOf({ GUANJIA_TRUST_PROXY: value }), value).toHaveLength(1);
    }
  });

  it('reads several codec keys in order', () => {
    const read = readSettings({ GUANJIA_CODEC_KEYS: `new:${key},old:${key}` }, []);

    expect(read.codecKeys?.map(({ id, key: bytes }) => [id, bytes.length])).toEqual([
      ['new', 32],
      ['old', 32],
    ]);
  });

  it.each(['short:aGk=', key, `:${key}`, `a:${key},a:${key}`])('refuses the codec keys %s', (value) => {
    expect(problemsOf({ GUANJIA_CODEC_KEYS: value }).join()).toContain('GUANJIA_CODEC_KEYS');
  });

  it('understands --role only with shared services', () => {
    const shared = { ...production, GUANJIA_MODE: 'demo' };

    expect(readSettings(shared, ['--role', 'worker']).role).toBe('worker');
    expect(readSettings(shared, ['--role=api']).role).toBe('api');
    expect(problemsOf({}, ['--role', 'api'])).toEqual([expect.stringContaining('TEMPORAL_ADDRESS')]);
    expect(problemsOf(shared, ['--role', 'boss'])).toEqual([expect.stringContaining('--role api or --role worker')]);
    expect(problemsOf(shared, ['--port', '1'])).toHaveLength(1);
  });

  it('wants both database addresses or none', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres://a@b/c' })).toEqual([expect.stringContaining('go together')]);
  });
});

describe('completeConfig', () => {
  it('fills in what the services decided and keeps the environment out', () => {
    const provided = {
      databaseUrl: 'postgres://a',
      databaseAdminUrl: 'postgres://b',
      temporalAddress: 'c:1',
      codecKeys: [],
    };
    const config = completeConfig(readSettings({ HOME: '/somewhere' }, []), provided);

    expect(config).toMatchObject(provided);
    expect(JSON.stringify(config)).not.toContain('/somewhere');
  });
});

it('knows loopback addresses', () => {
  expect(['127.0.0.1', '127.8.8.8', 'localhost', '::1'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1', '127.example.com'].some(isLoopback)).toBe(false);
});
