/**
 * A connection that spares a transaction the waits it has no use for. What opens it (begin, savepoint) and what is marked `withNext` is sent
 * and not waited for: Postgres is at work on it while the statement behind it is still being made. A statement marked `andCommit` takes the
 * commit with it, and two questions go together by `askBoth`. Postgres runs them in order and answers each; where an opening fails, the
 * statement behind it fails with the opening's error. Long statements are prepared once a connection.
 */
import { sql, type RawBuilder } from 'kysely';
import pg from 'pg';
import type { Tx } from './as.ts';

const commitMark = '/* and commit */';
/** Ends the last statement of a transaction of as.ts: its commit goes with it. Nothing may be asked of the transaction afterwards. */
export const andCommit = sql.raw(commitMark);

const nextMark = '/* with next */';
/** Ends a statement whose answer nobody needs: nobody waits for it, and the next one tells its error. */
export const withNext = sql.raw(nextMark);

const laterMark = '/* answer later */';
const fetchMark = '/* the later answer */';
/** Two questions in one trip, in this order: the second sees what the first has done, and is asked without knowing its answer. */
export async function askBoth<A, B>(tx: Tx, first: RawBuilder<A>, second: () => Promise<B>): Promise<[A[], B]> {
  await sql`${first} ${sql.raw(laterMark)}`.execute(tx);
  const answer = await second();
  const { rows } = await sql<A>`${sql.raw(fetchMark)}`.execute(tx);
  return [rows, answer];
}

/** Statements that only prepare for the next one. */
const opens = /^(?:begin|savepoint)\b/;
/** Kysely reads nothing else of an opening. */
const opened = { command: 'BEGIN', rowCount: null, oid: 0, fields: [], rows: [] };

/** What is shorter is said too seldom to be kept. */
const preparedFromLength = 40;
/** A connection keeps a plan for each: lists with filters come in many forms. */
const mostPrepared = 200;

export class PipeliningClient extends pg.Client {
  private readonly names = new Map<string, string>();
  /** Its error once it is known; undefined: it went well. */
  private opening: Promise<unknown> | undefined;
  private committing: Promise<unknown> | undefined;
  private later: Promise<unknown> | undefined;

  override query(...args: unknown[]): never {
    return this.give(args) as never;
  }

  private give(args: unknown[]): unknown {
    const [text] = args;
    if (typeof text !== 'string') return this.send(args);
    if (opens.test(text)) return this.begin(text);
    if (this.committing !== undefined && (text === 'commit' || text === 'rollback')) return this.takeCommit();
    if (text === fetchMark) return this.takeLater();
    const statement = this.prepared(text, args);
    if (text.endsWith(nextMark)) return this.open(statement);
    if (text.endsWith(laterMark)) return this.open(statement, true);
    this.stream.cork();
    const answer = this.behindOpening(this.send(statement));
    if (text.endsWith(commitMark)) this.committing = heeded(this.send(['commit']));
    this.stream.uncork();
    return answer;
  }

  private prepared(text: string, args: unknown[]): unknown[] {
    const [, values, ...rest] = args;
    const name = Array.isArray(values) && values.length > 0 ? this.nameOf(text) : undefined;
    return name === undefined ? args : [{ name, text, values }, ...rest];
  }

  private begin(text: string): Promise<unknown> {
    // An answer that the transaction before did not come for is nobody's.
    if (text.startsWith('begin')) this.later = undefined;
    return this.open([text]);
  }

  /** Answered at once; its error comes with the statement behind it. */
  private open(statement: unknown[], isAsked = false): Promise<unknown> {
    const answer = heeded(this.send(statement));
    if (isAsked) this.later = answer;
    this.opening = firstError(this.opening, answer);
    return Promise.resolve(opened);
  }

  private behindOpening(answer: unknown): unknown {
    const { opening } = this;
    if (opening === undefined) return answer;
    this.opening = undefined;
    if (!(answer instanceof Promise)) return answer;
    return heedBoth(opening, answer);
  }

  /** The answer of the commit that went with the last statement; also for whoever would roll back after it. */
  private takeCommit(): Promise<unknown> | undefined {
    const { committing } = this;
    this.committing = undefined;
    return committing;
  }

  private takeLater(): Promise<unknown> {
    const { later } = this;
    this.later = undefined;
    if (later === undefined) throw new Error('no answer is waited for');
    return later;
  }

  private send(args: unknown[]): unknown {
    return Reflect.apply(super.query.bind(this), undefined, args);
  }

  private get stream(): { cork(): void; uncork(): void } {
    return (this as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection.stream;
  }

  /** Row security is no obstacle to prepared statements: Postgres plans again when the role has changed. */
  private nameOf(text: string): string | undefined {
    if (text.length < preparedFromLength) return undefined;
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= mostPrepared) return known;
    const name = `s${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}

/** What the first of them failed with. */
async function firstError(before: Promise<unknown> | undefined, statement: Promise<unknown>): Promise<unknown> {
  try {
    await statement;
    return await before;
  } catch (error) {
    return (await before) ?? error;
  }
}

/** The answer of a statement, unless its opening failed: one that began nothing lets the statement behind it go well. */
async function heedBoth(opening: Promise<unknown>, statement: Promise<unknown>): Promise<unknown> {
  const error = await firstError(opening, statement);
  if (error instanceof Error) throw error;
  return statement;
}

/** Whoever comes for it hears its failure; until then that is no unhandled one. */
function heeded(answer: unknown): Promise<unknown> {
  const promise = Promise.resolve(answer);
  promise.catch(() => undefined);
  return promise;
}
