/** docs/roles.md: the table role × verb, in both languages, from content/roles and content/verbs.json. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';

interface Words {
  'zh-CN': string;
  en: string;
}
interface Role {
  key: string;
  title: Words;
  description: Words;
  may: string[];
}

const root = join(import.meta.dirname, '..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** As Prettier leaves it. */
export function rolesDoc(): Promise<string> {
  const roles = globSync('content/roles/*.json', { cwd: root })
    .sort()
    .map((path) => read(path) as Role);
  const titles = read('content/verbs.json') as Record<string, Words>;
  const named = new Set(roles.flatMap(({ may }) => may).filter((verb) => verb !== '*'));
  const rest = Object.keys(titles).filter((base) => ![...named].some((verb) => verb.split(':')[0] === base));
  const verbs = [...named, ...rest].sort();
  const subjects = formTitles();
  const lines = [
    '<!-- Generated from content/roles and content/verbs.json by `npm run gen`. Do not edit. -->',
    '',
    '# Roles 角色与权限',
    '',
    'A role is given to a person in one community or everywhere, on the page _Roles_ (`/admin/roles`), and counts at once. Row security in',
    'the database is the second lock. What is one’s own needs no verb: tasks one holds, cases one started, what one’s home concerns.',
    '',
    '角色授予某个人，在一个项目内或全公司有效，在“角色与权限”页（`/admin/roles`）授予和收回，马上生效；数据库的行级安全是第二道锁。自己的事不需要权限：',
    '自己手上的待办、自己发起的单、自己的房屋。',
    '',
    '| role 角色 | is for 做什么 |',
    '| --- | --- |',
    ...roles.map(({ key, title, description }) => `| \`${key}\` ${both(title)} | ${both(description)} |`),
    '',
    `| may 能做的事 | ${roles.map(({ key }) => `\`${key}\``).join(' | ')} |`,
    `| --- |${roles.map(() => ' :-: |').join('')}`,
    ...verbs.map(
      (verb) =>
        `| ${verbText(verb, { titles, subjects })} | ${roles.map(({ may }) => (holds(may, verb) ? '✓' : '')).join(' | ')} |`,
    ),
    '',
  ];
  return format(lines.join('\n'), { parser: 'markdown', printWidth: 120 });
}

function both(words: Words): string {
  return `${words.en} ${words['zh-CN']}`;
}

/** `*`: everything; `record.read:*`: of every form type (verb_matches in the first migration). */
function holds(may: readonly string[], verb: string): boolean {
  return may.includes('*') || may.includes(verb) || may.includes(`${verb.split(':')[0] ?? ''}:*`);
}

interface Known {
  titles: Record<string, Words>;
  subjects: Map<string, Words>;
}

function verbText(verb: string, { titles, subjects }: Known): string {
  const [base = '', about] = verb.split(':');
  const title = titles[base];
  if (title === undefined) throw new RangeError(`content/verbs.json has no words for ${verb}`);
  const subject = about === '*' ? { 'zh-CN': '全部资料', en: 'all registers' } : subjects.get(about ?? '');
  const say = (language: keyof Words): string =>
    subject === undefined ? title[language] : `${title[language]}: ${subject[language]}`;
  return `${say('en')} ${say('zh-CN')} \`${verb}\``;
}

function formTitles(): Map<string, Words> {
  const schemas = globSync('forms/*/*.schema.json', { cwd: root }).map(
    (path) => read(path) as { 'x-key': string; 'x-title': Words },
  );
  return new Map(schemas.map((schema) => [schema['x-key'], schema['x-title']]));
}
