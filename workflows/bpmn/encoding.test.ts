import { expect, it } from 'vitest';
import { decode } from './encoding.ts';

const file = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><a b="维修"/>`;
const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');

it.each([
  ['UTF-8', Buffer.from(file('UTF-8'))],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${file('UTF-8')}`)],
  ['UTF-16', wide(`\uFEFF${file('UTF-16')}`)],
  ['UTF-16 of the other order', wide(`\uFEFF${file('UTF-16')}`).swap16()],
  ['UTF-16 without a mark', wide(file('UTF-16'))],
  ['UTF-8 that says UTF-16', Buffer.from(file('utf-16'))],
  ['GBK', Buffer.from(file('GBK').replace('维修', '\u00ce\u00ac\u00d0\u00de'), 'latin1')],
])('reads %s', (_what, bytes) => {
  expect(decode(bytes)).toBe(file('UTF-8'));
});

it('changes nothing of a file that says no encoding', () => {
  expect(decode(Buffer.from('<a encoding="GBK"/>'))).toBe('<a encoding="GBK"/>');
});

it.each([
  ['bytes that are no text of it', Buffer.from(file('UTF-8').replace('维修', '\u00ce\u00ff'), 'latin1')],
  ['one that there is not', Buffer.from(file('EBCDIC-X'))],
])('refuses %s', (_what, bytes) => {
  expect(() => decode(bytes)).toThrow('its bytes are no text of the encoding');
});
