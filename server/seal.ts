/**
 * Text that leaves the server and comes back unread and unchanged: AES-256-GCM under keys derived from the server's own. Every process has
 * the same keys, and an old one still opens what it closed.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { CodecKey } from './config.ts';

const ivBytes = 12;
const tagBytes = 16;

export interface Seal {
  close(text: string): string;
  /** Undefined: made up, changed, or closed about something else. */
  open(sealed: string): string | undefined;
}

/** `about` says what the text belongs to (who, which list): a seal about something else does not open it. */
export function sealFor(keys: readonly CodecKey[], about: string): Seal {
  const derived = keys.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', 'guanjia seal', 32)));
  const [first] = derived;
  if (first === undefined) throw new RangeError('no key to seal with');
  return {
    close: (text) => close(text, first, about),
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64url');
      return derived.map((key) => open(bytes, key, about)).find((text) => text !== undefined);
    },
  };
}

/** iv ‖ tag ‖ ciphertext */
function close(text: string, key: Buffer, about: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about));
  const closed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), closed]).toString('base64url');
}

function open(sealed: Buffer, key: Buffer, about: string): string | undefined {
  if (sealed.length < ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]).toString();
  } catch {
    return undefined;
  }
}
