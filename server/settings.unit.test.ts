import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { settings, type Setting } from './settings.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'configuration.md'), 'utf8');

/** A row as it stands in docs/configuration.md. */
function row(setting: Setting): string[] {
  const kind = setting.choices ? setting.choices.map((choice) => `\`${choice}\``).join(', ') : setting.kind;
  const fallback = setting.default === undefined ? '—' : `\`${setting.default}\``;
  const required = setting.inProduction === undefined ? '' : 'required';
  return [`\`${setting.name}\``, kind, fallback, required, setting.purpose];
}

it('documents every setting with its default, and nothing else', () => {
  const documented = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

  expect(documented).toEqual(settings.map(row));
});
