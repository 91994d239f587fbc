/**
 * Loads what ships built in: roles, form types, calendars, flows. The same way as an administrator publishes, so what is unchanged stays as
 * it is and what changed becomes another version. Runs at every start; any number of processes may.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from './db/as.ts';
import { publishCalendar } from './definitions/calendars.ts';
import { publishForms, type FormDefinitionSource } from './definitions/forms.ts';
import { publishFlow } from './definitions/flows.ts';
import type { Log } from './log.ts';
import { loadNotices } from './outbound/rules.ts';

const root = join(import.meta.dirname, '..');

interface Role {
  key: string;
  title: { 'zh-CN': string; en: string };
  description?: { 'zh-CN': string; en: string };
  may: string[];
}

/** Form types and flows that an administrator changed since keep that change: the built-in file is only another old version. */
export async function loadBuiltIn({ adminDb, log }: { adminDb: Db; log: Log }): Promise<void> {
  await loadRoles(adminDb);
  const forms = await publishForms(adminDb, await readForms(), { note: null, by: null });
  for (const { key, version, isNew } of forms) if (isNew) log.info({ form: key, version }, 'form type published');
  await loadCalendars(adminDb, log);
  await loadFlows(adminDb, log);
  await loadNotices(adminDb, await readJson(join(root, 'content', 'notices', 'notices.json')));
}

/** Schema and layout of every built-in form type, by path. */
export async function readForms(): Promise<FormDefinitionSource[]> {
  const paths = await findFiles('forms', '.schema.json', { below: true });
  return Promise.all(
    paths.map(async (path) => ({
      schema: await readJson(path),
      layout: await readJson(path.replace(/\.schema\.json$/, '.layout.json')),
    })),
  );
}

async function loadRoles(adminDb: Db): Promise<void> {
  const roles = await Promise.all(
    (await findFiles('content/roles', '.json')).map(async (path) => (await readJson(path)) as Role),
  );
  for (const role of roles) {
    const row = {
      title: JSON.stringify(role.title),
      description: JSON.stringify(role.description ?? null),
      may: role.may,
    };
    await adminDb
      .insertInto('role')
      .values({ key: role.key, ...row })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
      .execute();
  }
}

async function loadCalendars(adminDb: Db, log: Log): Promise<void> {
  for (const path of await findFiles(join('content', 'calendars'), '.json')) {
    const { key, version, isNew } = await publishCalendar(adminDb, await readJson(path), { note: null, by: null });
    if (isNew) log.info({ calendar: key, version }, 'calendar published');
  }
}

/** Flows are bound to form types and name calendars, so they come last. */
async function loadFlows(adminDb: Db, log: Log): Promise<void> {
  for (const path of await findFiles(join('workflows', 'flows'), '.json')) {
    const { key, version, isNew } = await publishFlow(adminDb, await readJson(path), { note: null, by: null });
    if (isNew) log.info({ flow: key, version }, 'flow published');
  }
}

/** Paths from the root, sorted. `below`: in the folders of the folder. */
async function findFiles(folder: string, suffix: string, { below = false } = {}): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: below, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !below || path.split('/').length > join(root, folder).split('/').length + 1)
    .sort();
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}
