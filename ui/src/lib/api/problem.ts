// What went wrong, as the server says it (RFC 9457) or as the network does. People read `problemText`, never the title of a fault.
import type { Problem, ProblemPath } from './types.gen.ts';

/** A problem document, or what is left of one when something between us and the server answered. */
export type ProblemBody = Partial<Problem>;

/** status 0: no answer came at all (offline, server away). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly detail: string | undefined;
  readonly errors: ProblemPath[];
  /** The values its text needs: who was first, both values, how long to wait. */
  readonly params: Record<string, unknown>;

  constructor(status: number, body: ProblemBody) {
    super(body.title ?? body.code ?? `HTTP ${String(status)}`);
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'offline' : `http_${String(status)}`);
    this.detail = body.detail;
    this.errors = body.errors ?? [];
    this.params = body.params ?? {};
  }

  /** Trying the very same request again may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}
