/** Moving cases to another version of their flow: one, or all of a flow, each with its own command and its own verdict. */
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { sha256 } from '../commands/canonical.ts';
import { intentionOf } from '../commands/intention.ts';
import { judgeMigration, migrateCase, type MigrateWish } from '../commands/migrate.ts';
import type { Intention } from '../commands/types.ts';
import { asPerson } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { CommandHeaders, problems, type App } from '../http.ts';
import { languageOf } from '../language.ts';
import { Uuid } from '../schema.ts';
import { assertMayAnywhere } from '../security/may.ts';
import texts from './migrate-texts.json' with { type: 'json' };
import { MigrateAllBody, MigrateBody, MigratedCase, MigratedCases } from './schemas.ts';

type Body = Static<typeof MigrateBody>;
type Migrated = Static<typeof MigratedCase>;
interface Refused {
  code: string;
  params: Record<string, unknown>;
}

const refusals = problems(401, 403, 404, 409, 422);
/** A request looks at so many; whoever wants more asks again. */
const mostAtOnce = 50;

export function migrateRoutes(app: App): void {
  app.post(
    '/api/cases/:id/migrate',
    {
      schema: {
        tags: ['Cases'],
        summary: 'Move a case to another version of its flow (needs case.operate)',
        params: Type.Object({ id: Uuid }),
        headers: CommandHeaders,
        body: MigrateBody,
        response: { 200: MigratedCase, 202: MigratedCase, ...refusals },
      },
    },
    async (request, reply) => {
      const { id: caseId } = request.params;
      const wish = wishOf(request.body);
      if (request.body.dryRun === true) return dryRun(app, request, caseId, wish);
      const act = { ...wish, caseId, reason: reasonOf(request.body) };
      const { state } = await migrateCase(app.deps, intentionOf(request), act);
      return reply.code(state === 'done' ? 200 : 202).send(moved(caseId, state));
    },
  );
  allRoute(app);
}

function allRoute(app: App): void {
  app.post(
    '/api/flows/:key/migrate',
    {
      schema: {
        tags: ['Flows'],
        summary: 'Move the open cases of a flow to another version (needs case.operate)',
        description: `A report by case, of at most ${mostAtOnce} at once: ask again, with the same key, for those after the last of them.`,
        params: Type.Object({ key: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }) }),
        headers: CommandHeaders,
        body: MigrateAllBody,
        response: { 200: MigratedCases, ...refusals },
      },
    },
    async (request) => {
      const wish = wishOf(request.body);
      const reason = request.body.dryRun === true ? null : reasonOf(request.body);
      const found = await findCases(app, request.person.id, { ...request.body, key: request.params.key });
      const items: Migrated[] = [];
      for (const caseId of found.slice(0, mostAtOnce))
        items.push(await report(app, request, { ...wish, caseId, reason }));
      return { items, remaining: Math.max(0, found.length - mostAtOnce) };
    },
  );
}

function wishOf({ to, mapping = {}, timers = 'keep' }: Body): MigrateWish {
  return { to: to ?? null, mapping, timers };
}

/** The timeline says why; a dry run needs none. */
function reasonOf({ reason }: Body): string {
  if (reason === undefined) throw new AppError('invalid_fields', 422, {}, [{ path: '/reason', code: 'required' }]);
  return reason;
}

async function dryRun(app: App, request: FastifyRequest, caseId: string, wish: MigrateWish): Promise<Migrated> {
  const { refusal } = await judgeMigration(app.deps, request.person.id, caseId, wish);
  return refusal ? refused(app, request, caseId, refusal) : moved(caseId, null);
}

type Asked = MigrateWish & { caseId: string; reason: string | null };

/** One of many: what stands against it stops no other. */
async function report(app: App, request: FastifyRequest, { reason, ...asked }: Asked): Promise<Migrated> {
  const { caseId } = asked;
  try {
    if (reason === null) return await dryRun(app, request, caseId, asked);
    const act = { ...asked, reason };
    const { state } = await migrateCase(app.deps, oneOf(intentionOf(request), act), act);
    return moved(caseId, state);
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    return refused(app, request, caseId, error);
  }
}

/** Asked again with the same key, a case is moved once. */
function oneOf(intention: Intention, act: Parameters<typeof migrateCase>[2]): Intention {
  const { key, route } = intention.key;
  const own = key === null ? null : sha256({ key, caseId: act.caseId }).toString('hex').slice(0, 32);
  const uuid = own?.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-8$3-8$4-$5') ?? null;
  return { ...intention, key: { key: uuid, route }, requestHash: sha256({ ...act }) };
}

interface Wanted {
  key: string;
  from?: number;
  to?: number;
  cases?: string[];
  after?: string;
}

/** Open cases that the person may read and that are not on the version yet, oldest first. @throws AppError forbidden, not_found */
async function findCases(app: App, person: string, { key, from, to, cases, after }: Wanted): Promise<string[]> {
  return asPerson(app.deps.db, person, async (tx) => {
    await assertMayAnywhere(tx, 'case.operate');
    const flow = await tx.selectFrom('flow').select('current_version').where('key', '=', key).executeTakeFirst();
    if (flow === undefined) throw new AppError('not_found', 404, { flow: key });
    const { rows } = await sql<{ id: string }>`
      select c.id from "case" c where c.flow = ${key} and c.status in ('running', 'suspended', 'cancelling')
        and c.flow_version <> ${to ?? flow.current_version} and (${from ?? null}::int is null or c.flow_version = ${from ?? null})
        and (${after ?? null}::uuid is null or c.id > ${after ?? null}::uuid)
        and (${cases ?? null}::uuid[] is null or c.id = any (${cases ?? null}::uuid[]))
      order by c.id`.execute(tx);
    return rows.map(({ id }) => id);
  });
}

function moved(caseId: string, state: Migrated['state']): Migrated {
  return { caseId, verdict: 'ok', state, code: null, detail: null, reason: null, step: null };
}

function refused(app: App, request: FastifyRequest, caseId: string, { code, params }: Refused): Migrated {
  const [reason, step] = [params.reason, params.step].map((each) => (typeof each === 'string' ? each : null));
  const known = Object.entries(texts).find(([name]) => name === reason)?.[1];
  const detail = known?.[languageOf(request, app.deps.config.locale)] ?? null;
  return { caseId, verdict: 'refused', state: null, code, detail, reason: reason ?? null, step: step ?? null };
}
