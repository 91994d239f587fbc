/** For whoever runs the server: alive, and able to work. Public, so they say little; a second answer within a second is the first one. */
import { Type } from 'typebox';
import type { App } from '../http.ts';
import { findMissing, type Missing } from './checks.ts';

const tags = ['Operation'];
const Alive = Type.Object({ status: Type.Literal('ok') }, { title: 'Alive' });
const Readiness = Type.Object(
  {
    ready: Type.Boolean(),
    missing: Type.Array(Type.Object({ what: Type.String(), detail: Type.String() }, { title: 'MissingPart' })),
  },
  { title: 'Readiness' },
);
const keptMs = 1_000;

export function healthRoutes(app: App): void {
  const readiness = once(() => findMissing(app.deps));
  app.get(
    '/healthz',
    { config: { public: true }, schema: { tags, summary: 'The process is alive', response: { 200: Alive } } },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      config: { public: true },
      schema: {
        tags,
        summary: 'What is missing to do the work',
        description: 'Postgres, migrations, Temporal, a worker, codec keys. 503 while anything is missing.',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const missing = await readiness();
      return reply
        .code(missing.length === 0 ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ ready: missing.length === 0, missing });
    },
  );
}

/** However often anyone asks, the world is asked once a second. */
function once(ask: () => Promise<Missing[]>): () => Promise<Missing[]> {
  let kept: { at: number; answer: Promise<Missing[]> } | undefined;
  return () => {
    if (kept === undefined || Date.now() - kept.at > keptMs) kept = { at: Date.now(), answer: ask() };
    return kept.answer;
  };
}
