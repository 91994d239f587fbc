/**
 * /metrics for Prometheus: how long routes take, and whether commands, cases and streams keep up. For this machine, or with the
 * token of the configuration: numbers tell strangers how busy a company is.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Type } from 'typebox';
import { isLoopback } from './config.ts';
import { asEngine, type Db } from './db/as.ts';
import { AppError } from './errors.ts';
import { problems, type App } from './http.ts';

interface Backlog {
  pending: number;
  oldestSeconds: number;
  gaps: number;
}

/** Before the routes, so that each is measured. */
export function measure(app: App): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  measureRequests(app, registry);
  measureBacklog(app.deps.db, registry);
  app.get(
    '/metrics',
    {
      config: { public: true },
      schema: {
        tags: ['Operation'],
        summary: 'Numbers for Prometheus',
        response: { 200: Type.String({ description: 'Prometheus text format.' }), ...problems(403) },
      },
    },
    async (request, reply) => {
      assertMayMeasure(request);
      return reply
        .type(registry.contentType)
        .header('cache-control', 'no-store')
        .send(await registry.metrics());
    },
  );
  app.addHook('onClose', () => {
    registry.clear();
  });
}

/** By route pattern: addresses hold ids, and would make a series each. */
function measureRequests(app: App, registry: Registry): void {
  const duration = new Histogram({
    name: 'guanjia_http_request_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    // A stream's time says how long a window was open.
    if (route !== '/api/events')
      duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}

function measureBacklog(db: Db, registry: Registry): void {
  const registers = [registry];
  const pending = new Gauge({ name: 'guanjia_commands_pending', help: 'Commands not yet done or refused', registers });
  const oldest = new Gauge({
    name: 'guanjia_sweeper_lag_seconds',
    help: 'How long the oldest command that nobody drives has waited for the sweeper',
    registers,
  });
  new Gauge({
    name: 'guanjia_projection_gaps',
    help: 'Cases whose rows are behind what was already seen of them',
    registers,
    // One query for the three: the others are set on the way.
    async collect() {
      const backlog = await readBacklog(db);
      pending.set(backlog.pending);
      oldest.set(backlog.oldestSeconds);
      this.set(backlog.gaps);
    },
  });
}

function readBacklog(db: Db): Promise<Backlog> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Backlog>`
      select (select count(*) from command where state = 'pending') as pending,
             (select coalesce(extract(epoch from now() - min(coalesce(lease_until, created_at))), 0)::float8 from command
               where state = 'pending' and (lease_until is null or lease_until < now())) as "oldestSeconds",
             (select count(*) from "case" where has_gap) as gaps`.execute(tx);
    return rows[0] ?? { pending: 0, oldestSeconds: 0, gaps: 0 };
  });
}

/** @throws AppError forbidden */
function assertMayMeasure(request: FastifyRequest): void {
  const { metricsToken } = request.server.deps.config;
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (metricsToken !== undefined && given !== undefined && isSame(given, metricsToken)) return;
  if (isLocal(request)) return;
  throw new AppError('forbidden', 403);
}

/** A proxy on this machine asks for others, and says so. */
function isLocal(request: FastifyRequest): boolean {
  const isForwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined;
  return !isForwarded && isLoopback((request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
}

function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
