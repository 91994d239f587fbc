/** Which channels a person is reached by beside the product: their own choice, but for what nobody can decline. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import notices from '../../content/notices/notices.json' with { type: 'json' };
import { asPerson, type Tx } from '../db/as.ts';
import { problems, type App } from '../http.ts';
import { PersonalChannel } from '../outbound/schemas.ts';
import { NoticeChoice, NoticeChoices } from './schemas.ts';

export function choiceRoutes(app: App): void {
  const { db } = app.deps;
  const tags = ['Notifications'];
  app.get(
    '/api/me/notices',
    { schema: { tags, summary: 'How I am reached', response: { 200: NoticeChoices, ...problems(401) } } },
    ({ person }) => asPerson(db, person.id, (tx) => findChoices(tx, person.id)),
  );
  app.put(
    '/api/me/notices',
    {
      schema: {
        tags,
        summary: 'Choose or decline a channel',
        body: NoticeChoice,
        response: { 200: NoticeChoices, ...problems(401, 403, 422) },
      },
    },
    ({ person, body }) =>
      asPerson(db, person.id, async (tx) => {
        await tx
          .insertInto('notice_choice')
          .values({ person_id: person.id, ...body })
          .onConflict((conflict) => conflict.columns(['person_id', 'channel']).doUpdateSet({ wanted: body.wanted }))
          .execute();
        return findChoices(tx, person.id);
      }),
  );
}

async function findChoices(tx: Tx, personId: string): Promise<Static<typeof NoticeChoices>> {
  const { rows } = await sql<{ channel: Static<typeof PersonalChannel>; wanted: boolean; address: string | null }>`
    select c.channel, coalesce(n.wanted, true) as wanted, a.address
      from unnest(array['mail', 'sms']) with ordinality as c (channel, ord)
      left join notice_choice n on n.person_id = ${personId} and n.channel = c.channel
      left join my_addresses() a on a.channel = c.channel order by c.ord`.execute(tx);
  const { employee_id } = await tx
    .selectFrom('person')
    .select('employee_id')
    .where('id', '=', personId)
    .executeTakeFirstOrThrow();
  const audience = employee_id === null ? 'resident' : 'staff';
  const titles = required.filter(({ to }) => to.has(audience)).map(({ title }) => title);
  return { channels: rows, required: titles };
}

/** What nobody can decline, and whom it is for. */
const required = Object.values(notices.kinds).flatMap((kind) =>
  'required' in kind ? [{ title: kind.title, to: new Set<string>([...kind.mail.to, ...kind.sms.to]) }] : [],
);
