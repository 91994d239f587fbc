/**
 * docs/flow-language.md: the reference of the flow language, from its schema, one example for each of its parts, and the list of the
 * control-flow patterns it carries.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';

/** As much of JSON Schema as the language's schema uses. */
export interface Part {
  $ref?: string;
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  oneOf?: Part[];
  items?: Part;
  required?: string[];
  properties?: Record<string, Part>;
  additionalProperties?: Part | boolean;
}
type Language = Part & { $defs: Record<string, Part> };

const folder = join(import.meta.dirname, '..', 'workflows', 'engine');
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
export const language = read('flow.schema.json') as Language;
export const examples = read('language-examples.json') as Record<string, unknown>;
/** By what one of van der Aalst's patterns is carried, or why it is not; patterns.test.ts holds a flow for each that is. */
type Pattern = { number: number; name: string } & ({ by: string } | { not: string });
const patterns = read('patterns.json') as Pattern[];

/** Kinds of steps in the order of the schema, then what they are made of. */
const kinds = (language.$defs.step?.oneOf ?? []).map(({ $ref = '' }) => nameOf($ref));
const parts = Object.keys(examples).filter((name) => name !== 'flow' && !kinds.includes(name));

/** As Prettier leaves it. */
export function languageDoc(): Promise<string> {
  const lines = [
    '<!-- Generated from workflows/engine/flow.schema.json, language-examples.json and patterns.json by `npm run gen`. Do not edit. -->',
    '',
    '# The flow language',
    '',
    'A flow is a tree of steps in JSON, bound to one form type. Names are those of BPMN 2.0. Expressions are FEEL. What the schema cannot',
    'say `check` refuses before a flow is published, with the step, the property and a sentence; running cases keep the version they',
    'were started with.',
    '',
    ...section('flow', language, '##'),
    '## Steps',
    '',
    ...kinds.flatMap((name) => section(name, language.$defs[name] ?? {}, '###')),
    '## What steps are made of',
    '',
    ...parts.flatMap((name) => section(name, language.$defs[name] ?? {}, '###')),
    ...patternTables(),
    ...unsupported,
  ];
  return format(lines.join('\n'), { parser: 'markdown', printWidth: 120 });
}

function section(name: string, part: Part, level: string): string[] {
  const choices = (part.oneOf ?? []).filter(({ properties }) => properties);
  return [
    `${level} ${name}`,
    '',
    ...(part.description === undefined ? [] : [part.description, '']),
    ...table(part),
    ...choices.flatMap((choice) => table(choice, headOf(choice))),
    ...exampleOf(name),
  ];
}

/** What tells one of several forms from the others: its constant, if it has one. */
function headOf({ properties = {} }: Part): string {
  const head = Object.entries(properties).find(([, { const: fixed }]) => fixed !== undefined);
  return head ? `\`${head[0]}: ${JSON.stringify(head[1].const)}\`` : '';
}

function table({ properties, required = [] }: Part, head = ''): string[] {
  if (!properties) return [];
  const rows = Object.entries(properties).map(([name, part]) => {
    const must = required.includes(name) ? '✓' : '';
    return `| \`${name}\` | ${must} | ${cell(typeOf(part))} | ${cell(meaningOf(part))} |`;
  });
  return [head, '', '| property | required | type | meaning |', '| --- | :-: | --- | --- |', ...rows, ''];
}

function typeOf(part: Part): string {
  if (part.$ref !== undefined) return linkTo(nameOf(part.$ref));
  if (part.const !== undefined) return `\`${JSON.stringify(part.const)}\``;
  if (part.enum) return part.enum.map((each) => `\`${JSON.stringify(each)}\``).join(' ');
  if (part.oneOf) return part.oneOf.map(typeOf).join(' or ');
  if (part.type === 'array') return `list of ${typeOf(part.items ?? {})}`;
  const inner = part.additionalProperties;
  if (part.type === 'object' && typeof inner === 'object') return `object of ${typeOf(inner)}`;
  return part.type ?? '';
}

function meaningOf(part: Part): string {
  const text = part.description ?? (part.$ref === undefined ? '' : plain(nameOf(part.$ref)));
  const standard = part.default === undefined ? '' : ` Default: \`${JSON.stringify(part.default)}\`.`;
  return `${text}${standard}`.trim();
}

/** Of small parts that have no section of their own. */
function plain(name: string): string {
  return hasSection(name) ? '' : (language.$defs[name]?.description ?? '');
}

function linkTo(name: string): string {
  return hasSection(name) ? `[${name}](#${name.toLowerCase()})` : name;
}

function hasSection(name: string): boolean {
  return kinds.includes(name) || parts.includes(name);
}

function exampleOf(name: string): string[] {
  const given = examples[name];
  const text = JSON.stringify(given, null, 2);
  return given === undefined ? [] : ['```json', text, '```', ''];
}

function patternTables(): string[] {
  const carried = patterns.flatMap((each) => ('by' in each ? [rowOf(each, each.by)] : []));
  const left = patterns.flatMap((each) => ('not' in each ? [rowOf(each, each.not)] : []));
  return [
    '## Control-flow patterns',
    '',
    `Of the ${patterns.length} control-flow patterns of van der Aalst and others (workflowpatterns.com) the language carries ${carried.length}; each has a flow that`,
    'is run in `workflows/engine/patterns.test.ts`. “A handler beside” is one with `interrupting: false`.',
    '',
    '| WCP | pattern | carried by |',
    '| --: | --- | --- |',
    ...carried,
    '',
    'Not carried:',
    '',
    '| WCP | pattern | why |',
    '| --: | --- | --- |',
    ...left,
    '',
  ];
}

function rowOf({ number, name }: Pattern, text: string): string {
  return `| ${number} | ${name} | ${cell(text)} |`;
}

function nameOf(ref: string): string {
  return ref.split('/').at(-1) ?? '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

const unsupported = [
  '## What the language does not say',
  '',
  'A tree cannot say everything a free graph can; what it leaves out is what makes graphs unsound.',
  '',
  '- **Joins of branches that were not split together**, and splits that end in different joins: use nested parallels.',
  '- **Entering the middle of a branch from outside**: a jump stays within the sequences around it. Only a return may lead back into a',
  '  parallel that has waited for all, and reopens that branch alone, or into a sub-process.',
  '- **Several tokens in one sequence**: every sequence is at one step at a time. What has to be done once for each arrival is the branch of',
  '  a handler beside, which begins anew each time.',
  '',
];
