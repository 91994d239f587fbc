/** The page of the documentation says what the data says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rolesDoc } from './gen-roles.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs', 'roles.md'), 'utf8');

it('docs/roles.md is what npm run gen writes from the roles', async () => {
  expect(page).toBe(await rolesDoc());
});

it('has a tick exactly where a role holds the verb', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const heads = cells(rows.find((line) => line.startsWith('| may'))!);
  const ticks = (verb: string): string[] => {
    const row = cells(rows.find((line) => line.includes(`\`${verb}\``))!);
    return heads.filter((_, i) => row[i] === '✓');
  };

  expect(ticks('role.grant')).toEqual(['`admin`']);
  expect(ticks('record.write:leaveLedger')).toEqual(['`admin`', '`hr`', '`manager`']);
  expect(ticks('record.read:unit')).not.toContain('`owner`');
});

it.each(['README.md', 'README.zh-CN.md'])('%s leads to it', (name) => {
  expect(readFileSync(join(root, name), 'utf8')).toContain('(docs/roles.md)');
});
