/** Tells the open event streams of this process that a session ended; those of other processes notice at their next heartbeat. */
import { EventEmitter } from 'node:events';
import type { App } from '../http.ts';

interface Events {
  /** Hex of the token hashes that are no longer good. */
  ended: [tokens: readonly string[]];
}

type SessionEnds = EventEmitter<Events>;

declare module 'fastify' {
  interface FastifyInstance {
    sessionEnds: SessionEnds;
  }
}

export function decorateSessionEnds(app: App): void {
  app.decorate('sessionEnds', new EventEmitter<Events>());
}
