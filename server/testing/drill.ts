/** A whole Guanjia of a test's own, with real services in a data folder, that can be stopped, put back and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createClosers, type Closers } from '../closers.ts';
import { readSettings, type Settings } from '../config.ts';
import { loadBuiltIn } from '../content.ts';
import { migrate } from '../db/migrate.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import type { Deps } from '../deps.ts';
import { createLog } from '../log.ts';
import { bringUpServices, holdDataDir, openDeps } from '../start.ts';
import { recordStart } from '../upgrade/record.ts';
import { startWorker } from '../worker/index.ts';
import { createPerson } from './app.ts';
import type { Cast, CaseStage } from './cases.ts';
import { createTestDataDir } from './data-dir.ts';
import { errandFlow, errandForm } from './errand.ts';
import { testWorkflowBundle } from './temporal.ts';

export interface Drill {
  settings: Settings;
  /** Only while it is up. */
  stage(): CaseStage;
  up(options?: { worker: boolean }): Promise<void>;
  down(): Promise<void>;
  /** Runs a command as `npm run <name>` does. */
  command(name: 'backup' | 'restore' | 'reconcile' | 'checkpoint', ...words: string[]): Promise<Ended>;
}

interface Ended {
  code: number | null;
  out: string;
}

const silent = createLog('silent', () => undefined);

export function createDrill(changes: NodeJS.ProcessEnv = {}): Drill {
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    GUANJIA_DATA_DIR: createTestDataDir(),
    GUANJIA_LOCALE: 'en',
    ...changes,
  };
  const settings = readSettings(environment, []);
  let running: { stage: CaseStage; closers: Closers } | undefined;
  let cast: Cast | undefined;
  return {
    settings,
    stage: () => {
      if (running === undefined) throw new Error('the drill is not up');
      return running.stage;
    },
    async up({ worker } = { worker: true }) {
      const closers = createClosers();
      const deps = await open(settings, closers);
      cast ??= await populate(deps);
      running = { stage: stageOf(deps, cast), closers };
      await recordStart(deps);
      if (!worker) return;
      const started = await startWorker(deps, { bundlePath: await testWorkflowBundle(), sweepEveryMs: 200 });
      closers.add(() => started.stop());
    },
    async down() {
      await running?.closers.closeAll();
      running = undefined;
    },
    command: (name, ...words) => run(name, words, environment),
  };
}

/** Under the lock of the data folder, as `npm start` does it. */
async function open(settings: Settings, closers: Closers): Promise<Deps> {
  await holdDataDir(settings, closers);
  const config = await bringUpServices(settings, () => undefined, closers);
  const deps = await openDeps(config, silent, closers);
  await migrate(deps.adminDb);
  return deps;
}

async function populate(deps: Deps): Promise<Cast> {
  await loadBuiltIn(deps);
  await publishForm(deps.adminDb, errandForm, { note: null, by: null });
  await publishFlow(deps.adminDb, errandFlow, { note: null, by: null });
  const { test } = stageOf(deps, {} as Cast);
  const person = (role: string): Promise<string> => createPerson(test, { roles: [{ role }] });
  return {
    staff: await person('staff'),
    dispatcher: await person('dispatcher'),
    other: await person('dispatcher'),
    runner: await person('technician'),
    stranger: await createPerson(test),
    manager: await person('manager'),
  };
}

function stageOf(deps: Deps, cast: Cast): CaseStage {
  const { db, adminDb, config } = deps;
  const nothing = (): Promise<void> => Promise.resolve();
  const { databaseUrl, databaseAdminUrl } = config;
  return {
    deps,
    cast,
    test: { db, adminDb, databaseUrl, databaseAdminUrl, drop: nothing },
    close: nothing,
  } as unknown as CaseStage;
}

async function run(name: string, words: string[], environment: NodeJS.ProcessEnv): Promise<Ended> {
  const program = join(import.meta.dirname, '..', `${name}.ts`);
  const child = spawn(process.execPath, [program, ...words], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out };
}
