/** docker-compose.yml, .env.example and the Dockerfile, held to what docs/operations.md promises. No container engine is needed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../server/config.ts';
import { settings } from '../server/settings.ts';

interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  read_only?: boolean;
  tmpfs?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  ports?: string[];
  networks?: string[];
  volumes?: string[];
  user?: string;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
  build?: { target: string };
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean } | null>;
}

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const { services } = compose;
const ours = ['api', 'worker', 'backup'].map((name) => [name, services[name]!] as const);
const asked = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);

/** A filled-in .env, the way compose puts it in. */
const env: Record<string, string> = {
  POSTGRES_PASSWORD: 'p1',
  OWNER_PASSWORD: 'o1',
  APP_PASSWORD: 'a1',
  TEMPORAL_PASSWORD: 't1',
  GUANJIA_CODEC_KEYS: `k1:${Buffer.from(Array.from({ length: 32 }, (_each, index) => index * 7)).toString('base64')}`,
  GUANJIA_PUBLIC_URL: 'https://wuye.example.com',
};
const fill = (value: string): string =>
  value.replaceAll(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_all, name: string, or: string) => env[name] ?? or);

describe('docker-compose.yml', () => {
  it.each(ours)('lets %s write nothing but its volume and /tmp, with no rights of root', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.tmpfs).toEqual([expect.stringMatching(/^\/tmp:/)]);
    expect(service.user).toBeUndefined();
  });

  it('keeps every door but the api’s and Temporal’s pages shut, and both of these on loopback', () => {
    const open = Object.entries(services).filter(([, { ports }]) => ports !== undefined);

    expect(open.map(([name]) => name).sort()).toEqual(['api', 'temporal-ui']);
    for (const [, { ports = [] }] of open) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(compose.networks.inside).toEqual({ internal: true });
    for (const name of ['postgres', 'temporal', 'backup']) expect(services[name]!.networks).toEqual(['inside']);
  });

  it('runs Postgres 18 and Temporal 1.31 with 512 shards, whose schema comes first, and 30 days of closed cases', () => {
    expect(services.postgres!.image).toBe('postgres:18');
    expect(services.postgres!.environment!.POSTGRES_INITDB_ARGS).toContain('--builtin-locale=C.UTF-8');
    expect(services.temporal!.image).toMatch(/^temporalio\/server:1\.31\./);
    expect(services['temporal-schema']!.image).toBe(services.temporal!.image.replace('server', 'admin-tools'));
    expect(services.temporal!.environment).toMatchObject({ DB: 'postgres12', NUM_HISTORY_SHARDS: '512' });
    expect(services.temporal!.depends_on).toEqual({
      'temporal-schema': { condition: 'service_completed_successfully' },
    });
    expect(services['temporal-namespace']!.environment).toMatchObject({ RETENTION: '30d' });
    expect(services['temporal-namespace']!.environment!.NAMESPACE).toBe(services.api!.environment!.TEMPORAL_NAMESPACE);
  });

  it('starts each after what it needs, and knows whether it is well', () => {
    for (const name of ['api', 'worker'])
      expect(services[name]!.depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        'temporal-namespace': { condition: 'service_completed_successfully' },
      });
    const needed = Object.values(services).flatMap(({ depends_on: needs = {} }) => Object.entries(needs));
    for (const [name, { condition }] of needed) {
      const isChecked = services[name]!.healthcheck?.test !== undefined || read('Dockerfile').includes('HEALTHCHECK');
      expect(services[name], name).toBeDefined();
      if (condition === 'service_healthy') expect(isChecked, name).toBe(true);
    }
    expect(services.worker!.healthcheck!.test).toEqual(['CMD', 'node', 'server/health/probe.ts', 'worker']);
  });

  it('mounts only what is there, and uses every volume it names', () => {
    const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((each) => each.split(':')[0]!));
    const [paths, names] = [
      mounts.filter((each) => each.startsWith('.')),
      mounts.filter((each) => !each.startsWith('.')),
    ];

    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
    expect([...new Set(names)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it.each(['api', 'worker', 'backup'])('gives %s settings that a production starts with', (name) => {
    const { environment = {}, command = [] } = services[name]!;
    const given = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, fill(value)]));
    const role = name === 'backup' ? [] : command.slice(2);
    const known = new Set<string>(settings.map((setting) => setting.name));

    expect(readSettings(given, role)).toMatchObject({ mode: 'production', dataDir: '/data', trustProxy: 1 });
    expect(Object.keys(environment).filter((key) => !known.has(key))).toEqual([]);
  });

  it('gives the superuser of Postgres to nobody but the backup', () => {
    const holders = Object.entries(services).filter(([, { environment }]) =>
      JSON.stringify(environment ?? {}).includes('${POSTGRES_PASSWORD'),
    );

    expect(holders.map(([name]) => name).sort()).toEqual(['backup', 'postgres']);
  });
});

it('.env.example names exactly what docker-compose.yml asks for, and holds no secret', () => {
  const lines = read('.env.example')
    .split('\n')
    .filter((line) => /^\w+=/.test(line));
  const given = new Map(lines.map((line) => line.split(/=(.*)/s) as [string, string]));

  expect([...given.keys()].sort()).toEqual([...new Set(asked)].sort());
  for (const [name, value] of given) if (/PASSWORD|KEY|SECRET|TOKEN/.test(name)) expect(value, name).toBe('');
});

describe('Dockerfile', () => {
  const stages = read('Dockerfile')
    .split(/^FROM /m)
    .slice(1);
  const stage = (name: string): string => stages.find((each) => new RegExp(`^\\S+ AS ${name}$`, 'm').test(each)) ?? '';

  it('runs as a user, and node is the first process, so that its signals arrive', () => {
    expect(stage('app')).toMatch(/^USER node$/m);
    expect(stage('backup')).toMatch(/^USER 1000:1000$/m);
    expect(stage('app')).toMatch(/^CMD \["node", "server\/main\.ts"/m);
    expect(read('Dockerfile')).not.toMatch(/tini|dumb-init|npm start/);
  });

  it('takes along packages without those of development, and every folder the server reads', () => {
    expect(stage('packages')).toContain('npm ci --omit=dev');
    const copied = [...stage('app').matchAll(/^COPY (?:--from=\w+ )?(?:\/app\/)?([\w./]+)/gm)].map(([, path]) => path);
    for (const folder of ['activities', 'content', 'forms', 'server', 'workflows', 'ui/build', 'node_modules'])
      expect(copied).toContain(folder);
  });

  it('leaves data, secrets and what this machine built outside', () => {
    const ignored = read('.dockerignore').split('\n');

    expect(ignored).toEqual(expect.arrayContaining(['.git', '.data', '.env', '.env.*', '**/node_modules', '**/build']));
  });
});
