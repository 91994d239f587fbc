/** Tells the open event streams of this process that a session ended or roles changed; those of others notice at their next heartbeat. */
import { EventEmitter } from 'node:events';
import type { App } from '../http.ts';

interface Events {
  /** Hex of the token hashes that are no longer good. */
  ended: [tokens: readonly string[]];
  /** The person whose roles are others now. */
  rights: [personId: string];
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
