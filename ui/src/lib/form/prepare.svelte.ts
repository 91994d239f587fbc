// Asks the server, while a person writes, what the act would fill in and refuse. A moment after the last change, one question at
// a time; without a network, or when it cannot answer, the last answer stays and nothing is said: the act itself will be judged.
import { api } from '#lib/api/client.ts';
import { isProblem } from '#lib/api/problem.ts';
import type { PrepareAnswer } from '#lib/api/types.gen.ts';
import type { Values } from './model/types.ts';
import { preparedOf, unprepared, type Prepared } from './prepared.ts';

export interface Question {
  path: string;
  body: { fields: Values; outcome?: string; communityId?: string };
}

const DELAY_MS = 400;

export class Prepare {
  answer = $state.raw<Prepared>(unprepared);
  asking = $state(false);
  readonly #learn: (answer: PrepareAnswer, before: Prepared) => void;
  #waiting: Question | undefined;
  #asked = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  /** `learn`: what to do with an answer besides showing it, with the one before. */
  constructor(learn: (answer: PrepareAnswer, before: Prepared) => void = () => undefined) {
    this.#learn = learn;
  }

  ask(question: Question, delayMs = DELAY_MS): void {
    this.#waiting = question;
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      // One that is under way asks what changed meanwhile.
      if (!this.asking) this.#running = this.#go();
    }, delayMs);
  }

  /** The act itself is about to be sent: no question waits, and none is under way, that would reach the server after it. */
  async settle(): Promise<void> {
    this.#waiting = undefined;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Nobody looks any more, or the act was taken. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = undefined;
    clearTimeout(this.#timer);
  }

  /** Forgets the answer: another act is meant. */
  clear(): void {
    this.#asked = '';
    this.answer = unprepared;
  }

  async #go(): Promise<void> {
    if (this.#waiting === undefined) return;
    const { path, body } = this.#waiting;
    this.#waiting = undefined;
    const text = path + JSON.stringify(body);
    if (text === this.#asked) return;
    this.asking = true;
    try {
      const answer = await api.send<PrepareAnswer>('POST', path, body);
      this.#asked = text;
      this.#take(answer);
    } catch (error) {
      if (!isProblem(error)) throw error;
    } finally {
      this.asking = false;
    }
    // What changed meanwhile.
    await this.#go();
  }

  #take(answer: PrepareAnswer): void {
    if (this.#stopped) return;
    const before = this.answer;
    this.answer = preparedOf(answer);
    this.#learn(answer, before);
  }
}
