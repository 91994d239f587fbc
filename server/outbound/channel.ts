/** The port through which something leaves the house: one channel, one message, and two ways to fail. */

/** One message as its row has it. */
export interface Message {
  /** The same at every attempt: what the other side may know a repetition by. */
  id: string;
  kind: string;
  address: string;
  name: string;
  language: 'zh-CN' | 'en';
  subject: string | null;
  text: string;
  params: Record<string, unknown>;
  /** Absolute. */
  link: string;
}

export interface Channel {
  /** Gives what the other side calls it. @throws DeliveryError; anything else may pass and is tried again */
  send(message: Message, signal: AbortSignal): Promise<string | null>;
  close(): Promise<void>;
}

/** `isFinal`: trying again cannot help. `code` is shown: it holds no address and no secret. */
export class DeliveryError extends Error {
  readonly code: string;
  readonly isFinal: boolean;

  constructor(code: string, { isFinal }: { isFinal: boolean }) {
    super(code);
    this.name = 'DeliveryError';
    this.code = code;
    this.isFinal = isFinal;
  }
}
