/**
 * Reads and writes BPMN files in a thread, one after another: a large file takes longer than a request may keep the event loop, and one
 * that somebody made for it takes for ever. The thread starts with the first and is kept for the next; what takes too long takes it along.
 */
import { Worker } from 'node:worker_threads';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import type { ImportRefusal } from '../../workflows/bpmn/refusal.ts';
import { AppError } from '../errors.ts';

export interface ReadFlow {
  /** Id of the process. */
  process: string;
  flow: Flow;
}
export type ReadResult = { ok: true; flows: ReadFlow[] } | { ok: false; refusals: ImportRefusal[] };
export type Job = { does: 'read'; xml: string } | { does: 'write'; flow: Flow; language: 'zh-CN' | 'en' };
export type Done = { does: 'read'; result: ReadResult } | { does: 'write'; xml: string };

export interface BpmnExchange {
  /** @throws AppError bpmn_refused when it takes too long */
  read(xml: string): Promise<ReadResult>;
  /** @throws AppError bpmn_refused when it takes too long */
  write(flow: Flow, language: 'zh-CN' | 'en'): Promise<string>;
}

const limitSeconds = 30;
const resourceLimits = { maxOldGenerationSizeMb: 1_500 };

export function createBpmnExchange(limitMs = limitSeconds * 1_000): BpmnExchange {
  let thread: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function start(): Worker {
    const started = new Worker(new URL('./bpmn-thread.ts', import.meta.url), { resourceLimits, stdout: false });
    started.unref();
    started.on('error', () => (thread = undefined));
    started.on('exit', () => (thread = undefined));
    return started;
  }

  async function work(job: Job): Promise<Done> {
    const used = (thread ??= start());
    try {
      return await answered(used, job, limitMs);
    } catch (error) {
      thread = undefined;
      await used.terminate();
      throw error;
    }
  }

  function inTurn(job: Job): Promise<Done> {
    const turn = last.then(() => work(job));
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    async read(xml) {
      const done = await inTurn({ does: 'read', xml });
      if (done.does !== 'read') throw new Error('the thread did something else');
      return done.result;
    },
    async write(flow, language) {
      const done = await inTurn({ does: 'write', flow, language });
      if (done.does !== 'write') throw new Error('the thread did something else');
      return done.xml;
    },
  };
}

function answered(thread: Worker, job: Job, limitMs: number): Promise<Done> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      settle(reject)(tooLong(limitMs));
    }, limitMs);
    const settle =
      <T>(then: (value: T) => void) =>
      (value: T): void => {
        clearTimeout(timer);
        for (const [event, listener] of listeners) thread.off(event, listener);
        then(value);
      };
    const listeners = [
      ['message', settle(resolve)],
      [
        'error',
        settle((error: NodeJS.ErrnoException) => {
          reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLong(limitMs) : error);
        }),
      ],
      [
        'exit',
        settle(() => {
          reject(new Error('the thread for BPMN ended'));
        }),
      ],
    ] as const;
    for (const [event, listener] of listeners) thread.on(event, listener);
    thread.postMessage(job);
  });
}

function tooLong(limitMs: number): AppError {
  return new AppError('bpmn_refused', 422, {}, [
    { path: '/', code: 'takes_too_long', params: { seconds: limitMs / 1_000 } },
  ]);
}
