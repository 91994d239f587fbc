/** E-mail by SMTP over a pool of connections. A reply 5xx is final, everything else may pass. */
import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { DeliveryError, type Channel, type Message } from './channel.ts';
import { composeMail } from './letter.ts';
import type { MailSettings } from './settings.ts';

/** A server that says nothing for so long will not; below the lease of a row. */
const silenceMs = 20_000;

export function openMail({ url, from, dkim }: MailSettings, { timeoutMs = silenceMs } = {}): Channel {
  const transport = createTransport({
    pool: true,
    maxConnections: 3,
    ...serverOf(new URL(url)),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(dkim === null ? {} : { dkim: signatureOf(dkim) }),
  });
  const domain = /@([^>\s]+)>?$/.exec(from)?.[1] ?? 'localhost';
  return {
    async send(message, signal) {
      try {
        const id = `<${message.id}@${domain}>`;
        await beforeItIsOver(signal, transport.sendMail({ from, messageId: id, ...toMail(message) }));
        return id;
      } catch (error) {
        throw toDeliveryError(error);
      }
    },
    close() {
      transport.close();
      return Promise.resolve();
    },
  };
}

/** A pool cannot call a mail back: one that is on its way may still arrive, and comes again under the same id. */
async function beforeItIsOver(signal: AbortSignal, sending: Promise<unknown>): Promise<void> {
  const isOver = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new DeliveryError('smtp_timeout', { isFinal: false }));
    });
  });
  await Promise.race([sending, isOver]);
}

function serverOf({ protocol, hostname, port, username, password }: URL) {
  const secure = protocol === 'smtps:';
  return {
    host: hostname,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    // A password in clear goes over no network.
    requireTLS: !secure && username !== '' && !isHere(hostname),
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
}

function signatureOf({ domain, selector, keyFile }: NonNullable<MailSettings['dkim']>) {
  return { domainName: domain, keySelector: selector, privateKey: readFileSync(keyFile, 'utf8') };
}

function toMail(message: Message) {
  return {
    to: { name: message.name, address: message.address },
    ...composeMail(message),
    // Out-of-office replies answer nobody here (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': message.language },
  };
}

function toDeliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  if (responseCode !== undefined) {
    // A refused sign-in is a wrong setting: it is mended, and then the message goes.
    const isFinal = responseCode >= 500 && code !== 'EAUTH';
    return new DeliveryError(`smtp_${responseCode}`, { isFinal });
  }
  return new DeliveryError(`smtp_${(code ?? 'failed').toLowerCase()}`, { isFinal: false });
}

function isHere(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
