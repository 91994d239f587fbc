/**
 * Makes PDFs in a thread of its own, one at a time; started with the first, kept warm for the next. A description that takes too long
 * takes the thread with it, and the next one gets a new thread.
 */
import { Worker } from 'node:worker_threads';
import type { Content } from 'pdfmake/interfaces.d.ts';

/** What is printed, as plain data. */
export interface Printed {
  title: string;
  author: string;
  subject: string;
  content: Content[];
  /** At the left foot of every page: who printed it when. */
  footer: string;
  /** With {page} and {pages}. */
  pageNumber: string;
}
export interface Job {
  id: number;
  document: Printed;
}
export type Made = { id: number; bytes: Uint8Array } | { id: number; error: string };

export interface Printer {
  print(document: Printed): Promise<Buffer>;
  close(): Promise<void>;
}

const limitMs = 30_000;

interface Waiting {
  resolve: (bytes: Buffer) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

export function createPrinter(): Printer {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let last = 0;

  /** Everybody who waits is told; the next print starts anew. */
  function fail(error: Error): void {
    worker = undefined;
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    waiting.clear();
  }

  function start(): Worker {
    const started = new Worker(new URL('./thread.ts', import.meta.url), { stdout: false });
    started.unref();
    started.on('message', (made: Made) => {
      settle(waiting, made);
    });
    started.on('error', (error) => {
      if (worker === started) fail(error instanceof Error ? error : new Error(String(error)));
    });
    started.on('exit', () => {
      if (worker === started) fail(new Error('the printing thread ended'));
    });
    return started;
  }

  return {
    print(document) {
      worker ??= start();
      const thread = worker;
      const id = ++last;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          fail(new Error('printing took too long'));
          void thread.terminate();
        }, limitMs);
        waiting.set(id, { resolve, reject, timer });
        thread.postMessage({ id, document } satisfies Job);
      });
    },
    async close() {
      const thread = worker;
      if (thread === undefined) return;
      fail(new Error('the server stops'));
      await thread.terminate();
    },
  };
}

function settle(waiting: Map<number, Waiting>, made: Made): void {
  const job = waiting.get(made.id);
  if (job === undefined) return;
  waiting.delete(made.id);
  clearTimeout(job.timer);
  if ('bytes' in made) job.resolve(Buffer.from(made.bytes));
  else job.reject(new Error(made.error));
}
