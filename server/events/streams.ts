/**
 * The open event streams of this process: who gets which hint, when it is written, and when a stream ends. A hint is written
 * to whom it names or who holds its role where it happened; a page that hears one reads again, so twice is harmless.
 */
import type { HintMessage } from '../db/hint.ts';

export interface Holding {
  role: string;
  communityId: string | null;
  /** The role may read every case there. */
  readsCases: boolean;
}

/** What a stream is to the rest: somewhere to write. */
export interface Pipe {
  write(text: string): void;
  end(): void;
  /** Bytes written that the reader has not taken yet. */
  readonly waitingBytes: number;
}

export interface Stream {
  personId: string;
  /** Hex of the session's token hash. */
  token: string;
  holdings: Holding[];
  pipe: Pipe;
}

const batchMs = 50;
/** What was told while a page was loading reaches the stream that the page opens. */
const recentMs = 5_000;
/** A reader this far behind is cut off; it comes back and reads everything anew. */
const mostWaitingBytes = 1_000_000;

export class Streams {
  readonly #streams = new Set<Stream>();
  #batch = new Map<string, HintMessage>();
  #recent: { at: number; hint: HintMessage }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;

  /** `missed`: the reader was here before and may have missed something. */
  open(stream: Stream, missed: boolean): void {
    this.#streams.add(stream);
    stream.pipe.write(`retry: 2000\nid: ${this.#sent}\n\n`);
    const recent = this.#recent.filter(({ at }) => at > Date.now() - recentMs).map(({ hint }) => hint);
    if (missed) stream.pipe.write(frame(this.#sent, 'resync'));
    else this.#write(stream, recent);
  }

  close(stream: Stream): void {
    if (this.#streams.delete(stream)) stream.pipe.end();
  }

  closeWhere(isOver: (stream: Stream) => boolean): void {
    for (const stream of this.#streams) if (isOver(stream)) this.close(stream);
  }

  all(): readonly Stream[] {
    return [...this.#streams];
  }

  /** Equal hints within 50 ms become one, for the same people. */
  hear(hint: HintMessage): void {
    this.#batch.set(JSON.stringify(hint), hint);
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, batchMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const hints = [...this.#batch.values()];
    this.#batch = new Map();
    const at = Date.now();
    this.#sent += hints.length;
    this.#recent = [...this.#recent.filter((each) => each.at > at - recentMs), ...hints.map((hint) => ({ at, hint }))];
    for (const stream of this.#streams) this.#write(stream, hints);
  }

  /** Something may have been missed by all. */
  resync(): void {
    for (const { pipe } of this.#streams) pipe.write(frame(this.#sent, 'resync'));
  }

  /** A comment: proxies and readers see that the line is alive. */
  beat(): void {
    this.closeWhere(({ pipe }) => pipe.waitingBytes > mostWaitingBytes);
    for (const { pipe } of this.#streams) pipe.write(': alive\n\n');
  }

  #write(stream: Stream, hints: HintMessage[]): void {
    const mine = new Set(
      hints.filter((hint) => concerns(hint, stream)).map((hint) => frame(this.#sent, hint.kind, hint)),
    );
    if (mine.size > 0) stream.pipe.write([...mine].join(''));
  }
}

/** As row security has it: a task of no community is seen by those who hold its role everywhere. */
function concerns({ persons, pools, watchedIn }: HintMessage, { personId, holdings }: Stream): boolean {
  if (persons.includes(personId)) return true;
  if (watchedIn !== undefined)
    return holdings.some(
      ({ readsCases, communityId }) => readsCases && (communityId === null || communityId === watchedIn),
    );
  return pools.some((pool) =>
    holdings.some(
      ({ role, communityId }) => role === pool.role && (communityId === null || communityId === pool.communityId),
    ),
  );
}

/** Only what a page needs to know what to read: never whom else it concerns. */
function frame(id: number, kind: string, { caseId, taskId }: Partial<HintMessage> = {}): string {
  return `id: ${id}\ndata: ${JSON.stringify({ kind, caseId: caseId ?? null, taskId: taskId ?? null })}\n\n`;
}
