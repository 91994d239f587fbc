/** A case on paper. */
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { Type } from 'typebox';
import type { Locale } from '../../forms/types.ts';
import { compileForm } from '../../forms/compile.ts';
import { readCase } from '../cases/detail.ts';
import { asPerson } from '../db/as.ts';
import { hasRegisters } from '../db/registers.ts';
import { openStore } from '../files/open-store.ts';
import { problems, type App, type Person } from '../http.ts';
import { languageOf } from '../language.ts';
import { Uuid } from '../schema.ts';
import { aMinute } from '../security/rates.ts';
import { layOut, mostPhotos } from './document.ts';
import { readPhotos } from './photos.ts';
import { createPrinter, type Printed } from './printer.ts';
import { createWords } from './words.ts';

/** Photos and layout cost a second of a processor. */
const perPerson = aMinute(20);
/** A name of the DNS and a port. */
const longestHost = 253 + ':65535'.length;

export function printRoutes(app: App): void {
  const printer = createPrinter();
  app.addHook('onClose', () => printer.close());
  app.get(
    '/api/cases/:id/print.pdf',
    {
      schema: {
        tags: ['Cases'],
        summary: 'The case as a PDF, as the asking person may see it',
        params: Type.Object({ id: Uuid }),
        querystring: Type.Object(
          {
            language: Type.Optional(
              Type.Enum(['zh-CN', 'en'], { description: 'Of the screens; default: as other texts of the server.' }),
            ),
          },
          { additionalProperties: false },
        ),
        produces: ['application/pdf'],
        response: { 200: Type.Unknown({ description: 'The PDF.' }), ...problems(401, 404, 422, 429) },
      },
      config: { rateLimit: perPerson },
    },
    async (request, reply) => {
      const printed = await describe(app, request, {
        caseId: request.params.id,
        origin: app.deps.config.publicUrl ?? originOf(request),
        language: request.query.language ?? languageOf(request, app.deps.config.locale),
      });
      const bytes = await printer.print(printed);
      const name = encodeURIComponent(`${printed.title}.pdf`).replaceAll("'", '%27');
      return reply
        .type('application/pdf')
        .header('content-disposition', `inline; filename*=UTF-8''${name}`)
        .send(bytes);
    },
  );
}

/**
 * Where no public address is set, the one that this person came by. Whoever asks may write anything there: what is longer than the name of a
 * host can be fits no code to scan.
 */
function originOf({ protocol, host }: FastifyRequest): string | null {
  return host.length > longestHost ? null : `${protocol}://${host}`;
}

/** @throws AppError not_found */
async function describe(
  app: App,
  { person }: { person: Person },
  { caseId, origin, language }: { caseId: string; origin: string | null; language: Locale },
): Promise<Printed> {
  const { db, log, config } = app.deps;
  const detail = await readCase(db, caseId, { person: person.id, language });
  const place = await readPlace(app, person.id, detail.case.communityId);
  const store = openStore(config);
  const photos = await readPhotos({ db, store, log, person: person.id }, photoIds(detail).slice(0, mostPhotos));
  const link = origin === null ? null : `${origin}/cases/${caseId}`;
  const words = createWords(language, place.zone);
  const printedAt = new Date().toISOString();
  return layOut({ detail, words, photos, communityName: place.name, link, printedBy: person.name, printedAt });
}

function photoIds({ form, fields }: Awaited<ReturnType<typeof readCase>>): string[] {
  const kinds = compileForm(form.schema, form.layout).fields.filter(
    ({ kind }) => kind === 'files' || kind === 'signature',
  );
  return kinds.flatMap(({ name }) => [fields[name] ?? []].flat().map(String));
}

/** Names and zones of communities are no secret to who reads a case there; row security would hide the row from some. */
async function readPlace(
  app: App,
  person: string,
  community: string | null,
): Promise<{ zone: string; name: string | null }> {
  return asPerson(app.deps.db, person, async (tx) => {
    const name = (await hasRegisters(tx, 'community'))
      ? sql`(select name from record.community where id = ${community})`
      : sql`null`;
    const { rows } = await sql<{ zone: string; name: string | null }>`
      select community_zone(${community}) as zone, ${name}::text as name`.execute(tx);
    return rows[0] ?? { zone: 'UTC', name: null };
  });
}
