/**
 * `notify`: tells persons, or all who hold a role in the case's community, something inside the product, from where it goes by e-mail and SMS
 * as content/notices says for its key; and tells robots of chat groups a text.
 */
import { sql } from 'kysely';
import { sendHints } from '../server/db/hint.ts';
import { asEngine, type Tx } from '../server/db/as.ts';
import { briefly } from './retry.ts';
import type { Activity, ActivityContext } from './types.ts';

interface Input {
  persons?: string[];
  role?: string;
  text: string;
  params?: Record<string, unknown>;
  robots?: string[];
  message?: string;
}

export const notify: Activity = {
  name: 'notify',
  title: { 'zh-CN': '通知', en: 'Notify' },
  description: {
    'zh-CN':
      '给指定人员，或本项目某个角色的所有人发站内通知（按设置同时发邮件、短信）；也可以让企业微信、钉钉、飞书群机器人发一条消息。',
    en: 'Tells the given persons, or everybody with a role in the community of the case, inside the product (and by e-mail and SMS where set up); robots of WeCom, DingTalk and Feishu groups too.',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    anyOf: [{ required: ['persons'] }, { required: ['role'] }, { required: ['robots'] }],
    dependentRequired: { robots: ['message'] },
    properties: {
      persons: { type: 'array', items: { type: 'string', format: 'uuid' }, description: 'Person ids.' },
      role: { type: 'string', description: 'Key of a role; its holders in the community of the case.' },
      text: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,59}$', description: 'Key of the text.' },
      params: { type: 'object', description: 'Values that the text shows.' },
      robots: {
        type: 'array',
        maxItems: 10,
        uniqueItems: true,
        items: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,39}$' },
        description: 'Names of robots of chat groups, as the installation has them.',
      },
      message: { type: 'string', minLength: 1, maxLength: 2000, description: 'What the robots tell.' },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['told'],
    properties: { told: { type: 'integer', minimum: 0, description: 'How many persons were told.' } },
  },
  errors: {},
  retry: briefly,
  run(input, context) {
    const given = input as unknown as Input;
    return asEngine(context.db, async (tx) => {
      const told = await tellPersons(tx, given, context);
      await tellRobots(tx, given, context);
      return { told };
    });
  },
};

async function tellPersons(
  tx: Tx,
  { persons = [], role, text, params = {} }: Input,
  { caseId, communityId, idempotencyKey }: ActivityContext,
): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    insert into notification (person_id, case_id, kind, params, dedupe)
    select p.id, ${caseId}, ${text}, ${JSON.stringify(params)}::jsonb, ${idempotencyKey} || ':' || p.id
    from person p where p.disabled_at is null and (p.id = any (${persons}::uuid[]) or exists (select from role_grant g
      where g.person_id = p.id and g.role = ${role ?? null} and (g.community_id is null or g.community_id = ${communityId}::uuid)))
    on conflict (dedupe) do update set dedupe = excluded.dedupe returning person_id as id`.execute(tx);
  const told = rows.map(({ id }) => id);
  if (told.length > 0) sendHints(tx, [{ kind: 'notification', caseId, taskId: null, persons: told, pools: [] }]);
  return told.length;
}

/** Into the outbox, from where the worker sends; a demo shows it there. */
async function tellRobots(
  tx: Tx,
  { text, params = {}, robots = [], message = '' }: Input,
  { caseId, communityId, idempotencyKey }: ActivityContext,
): Promise<void> {
  if (robots.length === 0) return;
  await sql`
    insert into outbound (case_id, community_id, person_id, kind, channel, address, name, language, text, params, path, dedupe, zone)
    select ${caseId}, ${communityId}::uuid, null, ${text}, 'robot', r.name, r.name,
      coalesce((select value #>> '{}' from setting where key = 'locale'), 'zh-CN'), ${message}, ${JSON.stringify(params)}::jsonb,
      '/cases/' || ${caseId}::text, 'robot:' || ${idempotencyKey} || ':' || r.name, community_zone(${communityId}::uuid)
    from unnest(${robots}::text[]) as r (name)
    on conflict (dedupe) do nothing`.execute(tx);
}
