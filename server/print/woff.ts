/**
 * A WOFF file as the plain font in it. The PDF maker would unpack its tables again for every glyph (three seconds a page); unpacked
 * once, a page takes milliseconds. Format: W3C WOFF File Format 1.0, sections 3 to 5.
 */
import { inflateSync } from 'node:zlib';

const signature = 0x774f4646; // "wOFF"
const headerBytes = 44;
const entryBytes = 20;

interface Table {
  tag: Buffer;
  checksum: number;
  data: Buffer;
}

/** @throws RangeError when it is no WOFF 1.0 file */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.readUInt32BE(0) !== signature) throw new RangeError('not a WOFF 1.0 file');
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, i) => readTable(woff, headerBytes + i * entryBytes));
  const directory = Buffer.alloc(12 + 16 * count);
  writeHead(directory, woff.readUInt32BE(4), count);
  const parts: Buffer[] = [directory];
  let at = directory.length;
  tables.forEach(({ tag, checksum, data }, i) => {
    const entry = 12 + 16 * i;
    tag.copy(directory, entry);
    directory.writeUInt32BE(checksum, entry + 4);
    directory.writeUInt32BE(at, entry + 8);
    directory.writeUInt32BE(data.length, entry + 12);
    const padding = (4 - (data.length % 4)) % 4;
    parts.push(data, Buffer.alloc(padding));
    at += data.length + padding;
  });
  return Buffer.concat(parts);
}

function readTable(woff: Buffer, entry: number): Table {
  const offset = woff.readUInt32BE(entry + 4);
  const packed = woff.readUInt32BE(entry + 8);
  const plain = woff.readUInt32BE(entry + 12);
  const bytes = woff.subarray(offset, offset + packed);
  return {
    tag: woff.subarray(entry, entry + 4),
    checksum: woff.readUInt32BE(entry + 16),
    data: packed < plain ? inflateSync(bytes) : bytes,
  };
}

/** The numbers by which a table is searched in halves. */
function writeHead(directory: Buffer, flavor: number, count: number): void {
  const exponent = Math.floor(Math.log2(count));
  const range = 2 ** exponent * 16;
  directory.writeUInt32BE(flavor, 0);
  directory.writeUInt16BE(count, 4);
  directory.writeUInt16BE(range, 6);
  directory.writeUInt16BE(exponent, 8);
  directory.writeUInt16BE(count * 16 - range, 10);
}
