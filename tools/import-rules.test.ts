/** The import rules bite: a tree in which each rule is broken once is reported, rule by rule, and the same tree without them is not. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const folders = ['activities', 'content', 'forms', 'server', 'ui/src', 'workflows'];

/** Each rule of .dependency-cruiser.js with one import that breaks it. */
const planted: { rule: string; file: string; source: string }[] = [
  {
    rule: 'no-circular',
    file: 'server/egg.ts',
    source: "import { hen } from './hen.ts';\nexport const egg = () => hen;",
  },
  {
    rule: 'engine-and-forms-import-nothing-of-ours',
    file: 'forms/formula.ts',
    source: "import { text } from '../content/text.ts';\nexport const formula = text;",
  },
  {
    rule: 'engine-is-pure',
    file: 'workflows/engine/clock.ts',
    source: "import { readFileSync } from 'node:fs';\nexport const clock = readFileSync;",
  },
  {
    rule: 'workflows-know-engine-and-activity-types-only',
    file: 'workflows/shell.ts',
    source: "import { notify } from '../activities/notify.ts';\nexport const shell = notify;",
  },
  {
    rule: 'activities-know-db-forms-engine',
    file: 'activities/route.ts',
    source: "import { hen } from '../server/hen.ts';\nexport const route = hen;",
  },
  {
    rule: 'server-not-ui',
    file: 'server/page.ts',
    source: "import type { Props } from '../ui/src/props.ts';\nexport const page = (props: Props) => props;",
  },
  {
    rule: 'ui-knows-forms-and-engine-only',
    file: 'ui/src/Page.svelte',
    source:
      '<script lang="ts">\n  import { hen } from \'../../server/hen.ts\';\n  const name = hen;\n</script>\n\n{name}',
  },
  {
    rule: 'a-feature-never-imports-another',
    file: 'server/tasks/routes.ts',
    source: "import { caseRoutes } from '../cases/routes.ts';\nexport const taskRoutes = caseRoutes;",
  },
  {
    rule: 'tests-stay-tests',
    file: 'content/loader.ts',
    source: "import { helper } from './text.test.ts';\nexport const loader = helper;",
  },
  {
    rule: 'resolvable',
    file: 'content/gone.ts',
    source: "import { nothing } from './nowhere.ts';\nexport const gone = nothing;",
  },
];

/** What the planted files import, itself within the rules. */
const innocent: Record<string, string> = {
  'activities/notify.ts': "import { step } from '../workflows/engine/step.ts';\nexport const notify = step;",
  'content/text.ts': "export const text = 'text';",
  'content/text.test.ts': "import { text } from './text.ts';\nexport const helper = text;",
  'server/cases/routes.ts': "export const caseRoutes = 'cases';",
  'ui/src/props.ts': "import { step } from '../../workflows/engine/step.ts';\nexport type Props = typeof step;",
  'workflows/engine/step.ts': "export const step = 'step';",
};
const hen = {
  within: "export const hen = 'hen';",
  inTheCircle: "import { egg } from './egg.ts';\nexport const hen = 'hen';\nexport const laid = egg;",
};

interface Violation {
  rule: string;
  from: string;
}

async function cruise(tree: string): Promise<Violation[]> {
  const program = join(root, 'node_modules', '.bin', 'depcruise');
  const options = ['--config', join(root, '.dependency-cruiser.js'), '--output-type', 'json'];
  const { stdout } = await run(program, [...options, ...folders], { cwd: tree, maxBuffer: 16_000_000 });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return summary.violations.map(({ from, rule }) => ({ rule: rule.name, from }));
}

function plant(files: Record<string, string>): string {
  const tree = mkdtempSync(join(tmpdir(), 'guanjia-imports-'));
  const all = { 'tsconfig.json': '{"compilerOptions":{"allowImportingTsExtensions":true,"noEmit":true}}', ...files };
  for (const [name, source] of Object.entries(all)) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), source);
  }
  return tree;
}

describe('the import rules', { timeout: 60_000 }, () => {
  let guilty: string;
  let clean: string;
  let found: Violation[];

  beforeAll(async () => {
    clean = plant({ ...innocent, 'server/hen.ts': hen.within, 'forms/.keep': '' });
    guilty = plant({
      ...innocent,
      'server/hen.ts': hen.inTheCircle,
      ...Object.fromEntries(planted.map(({ file, source }) => [file, source])),
    });
    found = await cruise(guilty);
  }, 60_000);

  afterAll(() => {
    for (const tree of [guilty, clean]) rmSync(tree, { recursive: true, force: true });
  });

  it.each(planted)('report a broken $rule', ({ rule, file }) => {
    expect(found).toContainEqual({ rule, from: file });
  });

  it('are all planted here', async () => {
    const config = (await import(join(root, '.dependency-cruiser.js'))) as {
      default: { forbidden: { name: string }[] };
    };

    expect(planted.map(({ rule }) => rule)).toEqual(config.default.forbidden.map(({ name }) => name));
  });

  it('let pass what keeps to them', async () => {
    expect(await cruise(clean)).toEqual([]);
  });
});
