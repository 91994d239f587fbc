/** Bytes of an XML file as text, in whatever encoding they are. */
import { Refused } from './refusal.ts';

const DECLARED = /^(\s*<\?xml[^>]*\sencoding\s*=\s*["'])([\w.:-]+)(?=["'])/;

/** What it declares is UTF-8 then, as it is written from now on. @throws Refused for bytes that its encoding does not have */
export function decode(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.replace(DECLARED, (whole, before: string, name: string) =>
      /^utf-?8$/i.test(name) ? whole : `${before}UTF-8`,
    );
  } catch {
    throw new Refused('xml_invalid', null, `its bytes are no text of the encoding ${encoding}`);
  }
}

function encodingOf(bytes: Uint8Array): string {
  const begin = Array.from(bytes.subarray(0, 2), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const wide = { fffe: 'utf-16le', '3c00': 'utf-16le', feff: 'utf-16be', '003c': 'utf-16be' }[begin];
  if (wide !== undefined) return wide;
  const declared = DECLARED.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 200)).replace(/^ï»¿/, ''))?.[2];
  // What can be read here is not of two bytes each, whatever it says.
  return declared === undefined || /^(?:utf-?16|ucs-?2)/i.test(declared) ? 'utf-8' : declared;
}
