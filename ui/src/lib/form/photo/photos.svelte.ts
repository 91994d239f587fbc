// The photos of one field: those the record has, those on their way, those that did not get through.
import { net } from '#lib/api/net.svelte.ts';
import { isProblem } from '#lib/api/problem.ts';
import { shrink } from './shrink.ts';
import { sendFile } from './upload.ts';

export interface Upload {
  key: number;
  file: File;
  /** A picture of it before the server has one. */
  preview: string;
  state: 'waiting' | 'sending' | 'failed';
  /** 0…1 */
  done: number;
  error: unknown;
}

/** Two at a time: a phone's line is the narrow place, and the first photo is there sooner. */
const AT_ONCE = 2;
let nextKey = 1;

export class Photos {
  list = $state<Upload[]>([]);
  readonly #add: (id: string, name: string) => void;
  #stops: Record<number, () => void> = {};

  /** `add` is told each id the server gave. */
  constructor(add: (id: string, name: string) => void) {
    this.#add = add;
  }

  /** How many are not there yet; those that failed count: the person must retry or remove them. */
  get open(): number {
    return this.list.length;
  }

  get failed(): number {
    return this.list.filter((each) => each.state === 'failed').length;
  }

  take(files: Iterable<File>): void {
    const taken = [...files].map((file) => ({
      key: nextKey++,
      file,
      preview: URL.createObjectURL(file),
      state: 'waiting' as const,
      done: 0,
      error: undefined,
    }));
    this.list = [...this.list, ...taken];
    this.#work();
  }

  retry(key: number): void {
    const upload = this.list.find((each) => each.key === key);
    if (upload?.state !== 'failed') return;
    upload.state = 'waiting';
    this.#work();
  }

  /** The network is back: what failed for the lack of it is tried again. */
  retryPassing(): void {
    for (const each of this.list)
      if (each.state === 'failed' && isProblem(each.error) && each.error.isPassing) each.state = 'waiting';
    this.#work();
  }

  remove(key: number): void {
    this.#stops[key]?.();
    this.#forget(key);
    this.#work();
  }

  clear(): void {
    for (const { key } of [...this.list]) this.remove(key);
  }

  #forget(key: number): void {
    const upload = this.list.find((each) => each.key === key);
    if (upload) URL.revokeObjectURL(upload.preview);
    this.#stops = Object.fromEntries(Object.entries(this.#stops).filter(([name]) => name !== String(key)));
    this.list = this.list.filter((each) => each.key !== key);
  }

  #work(): void {
    const sending = this.list.filter((each) => each.state === 'sending').length;
    const next = this.list.filter((each) => each.state === 'waiting').slice(0, AT_ONCE - sending);
    for (const upload of next) void this.#send(upload);
  }

  /** Never throws: what goes wrong is shown at the photo. */
  async #send(upload: Upload): Promise<void> {
    upload.state = 'sending';
    upload.done = 0;
    try {
      const picture = await shrink(upload.file);
      if (!this.list.some((each) => each.key === upload.key)) return;
      const sending = sendFile(picture.blob, picture.name, (done) => {
        upload.done = done;
      });
      this.#stops[upload.key] = sending.stop;
      const info = await sending.answer;
      net.heard();
      this.#add(info.id, info.name);
      this.#forget(upload.key);
    } catch (error) {
      upload.state = 'failed';
      upload.error = error;
    }
    this.#work();
  }
}
