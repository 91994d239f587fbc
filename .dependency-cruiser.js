// Imports go one way (docs/architecture.md). tools/import-rules.test.ts plants a violation to prove these rules bite.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ours = '^(activities|content|forms|server|ui|workflows)/';

/** Folders of the server that have routes of their own. */
const server = join(import.meta.dirname, 'server');
const features = readdirSync(server)
  .filter((name) => existsSync(join(server, name, 'routes.ts')))
  .join('|');

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'engine-and-forms-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^(workflows/engine|forms)/', pathNot: '\\.test\\.ts$' },
      to: { path: ours, pathNot: '^$1/' },
    },
    {
      name: 'engine-is-pure',
      severity: 'error',
      comment: 'The engine runs in a sandbox, a browser and a test: no Node, no Temporal.',
      from: { path: '^workflows/engine/', pathNot: '\\.test\\.ts$' },
      to: { path: '@temporalio|^node:|^(fs|path|crypto)$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-know-engine-and-activity-types-only',
      severity: 'error',
      from: { path: '^workflows/(?!engine)', pathNot: '\\.test\\.ts$|^workflows/(flows/)?testing' },
      to: { path: '^(server|ui|content|forms|activities)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'activities-know-db-forms-engine',
      severity: 'error',
      from: { path: '^activities/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(server/(?!db/|errors)|ui|content|workflows/(?!engine|messages))' },
    },
    { name: 'server-not-ui', severity: 'error', from: { path: '^server' }, to: { path: '^ui/' } },
    {
      name: 'ui-knows-forms-and-engine-only',
      severity: 'error',
      from: { path: '^ui/' },
      to: { path: '^(server|activities|workflows/(?!engine)|content)/' },
    },
    {
      name: 'a-feature-never-imports-another',
      severity: 'error',
      comment:
        'Shared server code lives in server/*.ts, server/db, server/commands; a feature is a folder with routes.ts. Only print puts together ' +
        'what others have: a case and its photos.',
      from: { path: `^server/(${features})/`, pathNot: '^server/print/|\\.test\\.ts$' },
      to: {
        path: `^server/(${features})/`,
        pathNot: '^server/$1/|/schemas\\.ts$',
      },
    },
    {
      name: 'tests-stay-tests',
      severity: 'error',
      from: { pathNot: '(test|spec)\\.ts$|testing' },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(\\$app|\\./\\$types|#lib)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'ui/src/lib/paraglide|\\.svelte-kit|ui/build' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.svelte', '.mjs', '.cjs'],
    },
  },
};
