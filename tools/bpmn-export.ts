/** `npm run bpmn:export KEY [LANGUAGE]`: prints a built-in flow as BPMN 2.0 XML, its names in Chinese or, with `en`, in English. */
import { readdir, readFile } from 'node:fs/promises';
import type { Flow } from '../workflows/engine/flow.gen.ts';
import { exportBpmn } from '../workflows/bpmn/export/export.ts';
import { endWithReader } from './bpmn-files.ts';

endWithReader();
const FOLDER = new URL('../workflows/flows/', import.meta.url);
const [key, language = 'zh-CN'] = process.argv.slice(2);
const known = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));

if (key === undefined || !known.includes(key) || (language !== 'zh-CN' && language !== 'en')) {
  process.stderr.write(`Usage: npm run bpmn:export KEY [zh-CN|en]\nFlows: ${known.join(', ')}\n`);
  process.exit(2);
}
const flow = JSON.parse(await readFile(new URL(`${key}.json`, FOLDER), 'utf8')) as Flow;
process.stdout.write(await exportBpmn(flow, { language }));
