/** The verbs that roles hold are those the server asks for, each with a name in both languages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVerbTitles } from './roles.ts';

const root = join(import.meta.dirname, '..', '..', '..');

function read(folder: string, suffixes: readonly string[]): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => suffixes.some((suffix) => name.endsWith(suffix)) && !name.includes('.test.'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

const roles = read('content/roles', ['.json']).map((text) => JSON.parse(text) as { key: string; may: string[] });
const program = [...read('server', ['.ts', '.sql']), ...read('forms', ['.ts'])].join('\n');

describe('the verbs of the roles', async () => {
  const titles = await readVerbTitles();

  it.each(roles)('$key holds only verbs that exist', ({ may }) => {
    const bases = may.filter((verb) => verb !== '*').map((verb) => verb.split(':')[0]!);

    expect(bases.filter((base) => !(base in titles))).toEqual([]);
  });

  it.each(Object.keys(titles))('%s is asked for somewhere', (verb) => {
    expect(program).toMatch(new RegExp(`['\`"]${verb.replace('.', String.raw`\.`)}(?::|['\`"])`));
    expect(titles[verb]?.['zh-CN']).toMatch(/\p{Script=Han}/u);
    expect(titles[verb]?.en).toMatch(/^[A-Z]/);
  });
});
