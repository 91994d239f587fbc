/** `notify`: tells persons, or all who hold a role in the case's community, something inside the product. */
import { sql } from 'kysely';
import { sendHints } from '../server/db/hint.ts';
import { asEngine } from '../server/db/as.ts';
import type { Activity } from './types.ts';

interface Input {
  persons?: string[];
  role?: string;
  text: string;
  params?: Record<string, unknown>;
}

export const notify: Activity = {
  name: 'notify',
  title: { 'zh-CN': '站内通知', en: 'Notify in the product' },
  description: {
    'zh-CN': '给指定人员，或本项目某个角色的所有人，发一条站内通知。',
    en: 'Tells the given persons, or everybody with a role in the community of the case, inside the product.',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    anyOf: [{ required: ['persons'] }, { required: ['role'] }],
    properties: {
      persons: { type: 'array', items: { type: 'string', format: 'uuid' }, description: 'Person ids.' },
      role: { type: 'string', description: 'Key of a role; its holders in the community of the case.' },
      text: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,59}$', description: 'Key of the text.' },
      params: { type: 'object', description: 'Values that the text shows.' },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['told'],
    properties: { told: { type: 'integer', minimum: 0, description: 'How many persons were told.' } },
  },
  async run(input, { db, caseId, communityId, idempotencyKey }) {
    const { persons = [], role = null, text, params = {} } = input as unknown as Input;
    return asEngine(db, async (tx) => {
      const { rows } = await sql<{ id: string }>`
        insert into notification (person_id, case_id, kind, params, dedupe)
        select p.id, ${caseId}, ${text}, ${JSON.stringify(params)}::jsonb, ${idempotencyKey} || ':' || p.id
        from person p where p.disabled_at is null and (p.id = any (${persons}::uuid[]) or exists (select from role_grant g
          where g.person_id = p.id and g.role = ${role} and (g.community_id is null or g.community_id = ${communityId}::uuid)))
        on conflict (dedupe) do update set dedupe = excluded.dedupe returning person_id as id`.execute(tx);
      const told = rows.map(({ id }) => id);
      if (told.length > 0) sendHints(tx, [{ kind: 'notification', caseId, taskId: null, persons: told, pools: [] }]);
      return { told: told.length };
    });
  },
};
