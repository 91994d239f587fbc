/** Finding cases, and keeping searches. */
import { Type } from 'typebox';
import { asPerson } from '../../db/as.ts';
import { problems, type App } from '../../http.ts';
import { languageOf } from '../../language.ts';
import { Uuid } from '../../schema.ts';
import { aMinute } from '../../security/rates.ts';
import { readFacets } from './facets.ts';
import { findCases } from './find.ts';
import { indexAll, indexForSearch } from './index-cases.ts';
import { deleteView, listViews, saveView } from './views.ts';
import { CaseFacets, CaseSearchQuery, FoundCasePage, SavedView, SavedViewBody, SavedViews } from './schemas.ts';

const tags = ['Cases'];
/** As fast as somebody types, with pauses. */
const perPerson = aMinute(120);
/** Between searches the index is kept up in the background. */
const indexEveryMs = 3000;

export function caseSearchRoutes(app: App): void {
  const { db, log } = app.deps;
  app.get(
    '/api/cases/search',
    {
      schema: {
        tags,
        summary: 'Find cases by words and filters, newest first',
        querystring: CaseSearchQuery,
        response: { 200: FoundCasePage, ...problems(401, 422, 429) },
      },
      config: { rateLimit: perPerson },
    },
    async (request) => {
      if ((request.query.q ?? '') !== '') await indexForSearch({ db, log });
      const asking = { person: request.person.id, language: languageOf(request, app.deps.config.locale) };
      return findCases(db, asking, request.query);
    },
  );
  app.get(
    '/api/cases/facets',
    {
      schema: {
        tags,
        summary: 'What the filters of the search offer',
        response: { 200: CaseFacets, ...problems(401) },
      },
    },
    (request) => asPerson(db, request.person.id, (tx) => readFacets(db, tx)),
  );
  viewRoutes(app);
  keepIndex(app);
}

function viewRoutes(app: App): void {
  const { db } = app.deps;
  app.get(
    '/api/cases/views',
    { schema: { tags, summary: 'Kept searches', response: { 200: SavedViews, ...problems(401) } } },
    (request) => listViews(db, request.person.id),
  );
  app.put(
    '/api/cases/views',
    {
      schema: {
        tags,
        summary: 'Keep a search; the same name replaces it',
        body: SavedViewBody,
        response: { 200: SavedView, ...problems(401, 422) },
      },
    },
    (request) => saveView(db, request.person.id, request.body),
  );
  app.delete(
    '/api/cases/views/:id',
    {
      schema: {
        tags,
        summary: 'Forget a kept search',
        params: Type.Object({ id: Uuid }),
        response: { 204: Type.Null(), ...problems(401, 404) },
      },
    },
    async (request, reply) => {
      await deleteView(db, request.person.id, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

/** Only a process that listens does it: who injects requests indexes with each search. */
function keepIndex(app: App): void {
  const { db, log } = app.deps;
  const life = new AbortController();
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    running = indexAll({ db, log }, life.signal).catch((err: unknown) => {
      log.warn({ err }, 'cases were not indexed');
    });
    void running.then(() => {
      if (!life.signal.aborted) timer = setTimeout(beat, indexEveryMs);
    });
  };
  app.addHook('onListen', (done) => {
    beat();
    done();
  });
  app.addHook('preClose', async () => {
    life.abort();
    clearTimeout(timer);
    await running;
  });
}
