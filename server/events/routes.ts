/** GET /api/events: server-sent hints. What is sent is in streams.ts, where it comes from in listener.ts. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '../errors.ts';
import { problems, type App } from '../http.ts';
import { beat } from './heartbeat.ts';
import { findHoldings } from './holdings.ts';
import { HintListener } from './listener.ts';
import { Streams, type Pipe } from './streams.ts';

const heartbeatMs = 20_000;
/** One a window; more than anyone has open. */
const mostOfOnePerson = 20;

export function eventRoutes(app: App): void {
  const streams = new Streams();
  follow(app, streams);
  app.get(
    '/api/events',
    {
      // It would stay open without saying anything.
      exposeHeadRoute: false,
      schema: {
        tags: ['Events'],
        summary: 'Follow what changes',
        description: 'text/event-stream; each `data` is a Hint. After `resync` read everything again.',
        response: { 200: Type.String({ description: 'text/event-stream' }), ...problems(401, 429) },
      },
    },
    async (request, reply) => {
      const { id: personId } = request.person;
      const holdings = (await findHoldings(app.deps.db, [personId])).get(personId) ?? [];
      // Nothing is awaited from here on, so that requests at the same time are counted one after the other.
      if (streams.all().filter((each) => each.personId === personId).length >= mostOfOnePerson) {
        throw new AppError('too_many_streams', 429, { most: mostOfOnePerson });
      }
      if (reply.raw.destroyed) return;
      const token = request.session?.tokenHash.toString('hex') ?? '';
      const stream = { personId, token, holdings, pipe: openPipe(request, reply) };
      reply.raw.once('close', () => {
        streams.close(stream);
      });
      streams.open(stream, request.headers['last-event-id'] !== undefined);
    },
  );
}

/** What feeds and ends the streams, for as long as the app is open. */
function follow(app: App, streams: Streams): void {
  const { config, log } = app.deps;
  const ears = { hint: streams.hear.bind(streams), gap: streams.resync.bind(streams) };
  const listener = new HintListener(config.databaseUrl, ears, log);
  const heartbeat = setInterval(() => {
    void listener.check();
    beat(app.deps.db, streams).catch((err: unknown) => {
      log.warn({ err }, 'streams not looked through');
    });
  }, heartbeatMs);
  heartbeat.unref();
  app.sessionEnds.on('ended', (tokens) => {
    streams.closeWhere(({ token }) => tokens.includes(token));
  });
  app.sessionEnds.on('rights', (person) => {
    // The page opens another at once, which hears what the person may hear now, and reads everything again.
    streams.closeWhere(({ personId }) => personId === person);
  });
  app.addHook('onReady', () => listener.start());
  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    streams.closeWhere(() => true);
    await listener.stop();
  });
}

/** Takes the answer out of Fastify's hands: it stays open. */
function openPipe(request: FastifyRequest, reply: FastifyReply): Pipe {
  reply.hijack();
  request.raw.socket.setNoDelay(true);
  const headers = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined);
  reply.raw.writeHead(200, {
    ...(Object.fromEntries(headers) as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    // nginx would hold hints back otherwise.
    'x-accel-buffering': 'no',
  });
  return {
    write: (text) => void reply.raw.write(text),
    end: () => void reply.raw.end(),
    get waitingBytes() {
      return reply.raw.writableLength;
    },
  };
}
