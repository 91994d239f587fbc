/** Signing in and out, and the asking person's own settings. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { asPerson } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { problems, sessionOf, type App } from '../http.ts';
import { cookieName } from '../security/authenticate.ts';
import { Failures } from '../security/failures.ts';
import { readDemoAccounts } from './demo-accounts.ts';
import { readMe } from './me.ts';
import { ownSessionRoutes } from './own-sessions-routes.ts';
import { changePassword, endAll } from './password.ts';
import { DemoAccounts, Me, MePatch, PasswordChange, SignedIn, SignIn } from './schemas.ts';
import { assertPassword, signIn } from './sign-in.ts';

const tags = ['Session'];
const nothing = Type.Null({ description: 'Done; nothing to tell.' });
/** Against floods only: what stops guessing is counted by failures. */
const floodLimit = { rateLimit: { max: 600, timeWindow: 60_000 } };

export function sessionRoutes(app: App): void {
  const failures = new Failures();
  signingIn(app, failures);
  signingOut(app);
  myself(app);
  ownSessionRoutes(app);
  passwords(app, failures);
  demo(app);
}

function signingIn(app: App, failures: Failures): void {
  app.post(
    '/api/session',
    {
      config: { public: true, ...floodLimit },
      schema: {
        tags,
        summary: 'Sign in',
        description:
          'Sets a cookie for browsers; the token is the same session for programs (`Authorization: Bearer …`).',
        body: SignIn,
        response: { 200: SignedIn, ...problems(401, 422, 429) },
      },
    },
    async (request, reply) => {
      const { db, config } = app.deps;
      const { personId, token, expiresAt, ended } = await signIn(db, failures, {
        ...request.body,
        ip: request.ip,
        userAgent: request.headers['user-agent'] ?? null,
      });
      if (ended.length > 0) app.sessionEnds.emit('ended', ended);
      const person = await db
        .selectFrom('person')
        .select(['id', 'username', 'display_name as name', 'locale'])
        .where('id', '=', personId)
        .executeTakeFirstOrThrow();
      void reply.setCookie(cookieName(config.cookieSecure), token, { ...cookieOptions(app), expires: expiresAt });
      return { token, me: await asPerson(db, personId, (tx) => readMe(tx, person, config.mode === 'demo')) };
    },
  );
}

function signingOut(app: App): void {
  app.delete(
    '/api/session',
    { schema: { tags, summary: 'Sign out', response: { 204: nothing, ...problems(401, 403) } } },
    async (request, reply) => {
      const { tokenHash } = sessionOf(request);
      await app.deps.db.deleteFrom('session').where('token_hash', '=', tokenHash).execute();
      app.sessionEnds.emit('ended', [tokenHash.toString('hex')]);
      return clearCookie(app, reply).code(204).send(null);
    },
  );
  app.delete(
    '/api/sessions',
    {
      schema: {
        tags,
        summary: 'Sign out everywhere',
        description: 'Ends every session of the person, this one too: for a phone that was lost.',
        response: { 204: nothing, ...problems(401, 403) },
      },
    },
    async (request, reply) => {
      app.sessionEnds.emit('ended', await endAll(app.deps.db, sessionOf(request).person.id));
      return clearCookie(app, reply).code(204).send(null);
    },
  );
}

function myself(app: App): void {
  app.get(
    '/api/me',
    { schema: { tags, summary: 'Who is signed in', response: { 200: Me, ...problems(401) } } },
    (request) => readMyself(app, request),
  );
  app.patch(
    '/api/me',
    {
      schema: { tags, summary: 'Change my settings', body: MePatch, response: { 200: Me, ...problems(401, 403, 422) } },
    },
    async (request) => {
      const { locale } = request.body;
      if (locale === undefined) return readMyself(app, request);
      return asPerson(app.deps.db, request.person.id, async (tx) => {
        await tx.updateTable('person').set({ locale }).where('id', '=', request.person.id).execute();
        return readMe(tx, { ...request.person, locale }, app.deps.config.mode === 'demo');
      });
    },
  );
}

function passwords(app: App, failures: Failures): void {
  app.post(
    '/api/me/password',
    {
      config: floodLimit,
      schema: {
        tags,
        summary: 'Change my password',
        description: 'All other sessions of the person end.',
        body: PasswordChange,
        response: { 204: nothing, ...problems(401, 403, 422, 429) },
      },
    },
    async (request, reply) => {
      const { current, next } = request.body;
      const { username } = request.person;
      await assertPassword(app.deps.db, failures, { username, password: current, ip: request.ip });
      const ended = await changePassword(app.deps.db, sessionOf(request), next);
      app.sessionEnds.emit('ended', ended);
      return reply.code(204).send(null);
    },
  );
}

function demo(app: App): void {
  app.get(
    '/api/session/demo',
    {
      config: { public: true },
      schema: { tags, summary: 'Accounts of the demo community', response: { 200: DemoAccounts, ...problems(404) } },
    },
    async () => {
      if (app.deps.config.mode !== 'demo') throw new AppError('not_found', 404);
      return readDemoAccounts();
    },
  );
}

function readMyself(app: App, request: FastifyRequest): ReturnType<typeof readMe> {
  const { person } = request;
  return asPerson(app.deps.db, person.id, (tx) => readMe(tx, person, app.deps.config.mode === 'demo'));
}

function cookieOptions(app: App): { httpOnly: true; sameSite: 'lax'; secure: boolean; path: '/' } {
  return { httpOnly: true, sameSite: 'lax', secure: app.deps.config.cookieSecure, path: '/' };
}

function clearCookie(app: App, reply: FastifyReply): FastifyReply {
  return reply.clearCookie(cookieName(app.deps.config.cookieSecure), cookieOptions(app));
}
