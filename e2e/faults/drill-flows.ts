/** Publishes the flows of the drills and the forms they fill: files of `flows/` and `forms/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '../../server/db/as.ts';
import { publishFlow } from '../../server/definitions/flows.ts';
import { publishForms, type FormDefinitionSource } from '../../server/definitions/forms.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';

const here = import.meta.dirname;

/** Those that others call are published before them. `outside`: address of the service that steps ask, as the flows name it `{{outside}}`. */
export async function publishDrills(adminDb: Db, outside: string): Promise<void> {
  const options = { note: null, by: null };
  await publishForms(adminDb, read<FormDefinitionSource>('forms'), options);
  const flows = read<Flow>('flows', (text) => text.replaceAll('{{outside}}', outside));
  const isCalled = ({ key }: Flow): boolean => JSON.stringify(flows).includes(`"flow":"${key}"`);
  for (const flow of [...flows.filter(isCalled), ...flows.filter((each) => !isCalled(each))])
    await publishFlow(adminDb, flow, options);
}

function read<T>(folder: string, meant = (text: string): string => text): T[] {
  const files = readdirSync(join(here, folder)).sort();
  return files.map((file) => JSON.parse(meant(readFileSync(join(here, folder, file), 'utf8'))) as T);
}
