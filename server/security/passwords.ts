/**
 * Passwords: argon2id from node:crypto (there since Node 24.7), kept as PHC strings so that the costs can grow later.
 * Costs as OWASP's Password Storage Cheat Sheet has them: 19 MiB, 2 passes, 1 lane; about 30 ms.
 */
import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { Turns } from './turns.ts';

const derive = promisify(argon2);
/** Half of libuv's four threads: files are read by the same ones. */
const turns = new Turns({ atOnce: 2 });

interface Costs {
  /** KiB */
  memory: number;
  passes: number;
  parallelism: number;
}

const today: Costs = { memory: 19_456, passes: 2, parallelism: 1 };
const tagBytes = 32;

/** `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derivePassword(password, salt, today, tagBytes);
  const costs = `m=${today.memory},t=${today.passes},p=${today.parallelism}`;
  return `$argon2id$v=19$${costs}$${encode(salt)}$${encode(hash)}`;
}

/**
 * Whether the password is the one of the PHC string. Without one (an unknown user) it takes as long and says no: the time
 * tells nobody which names exist.
 */
export async function verifyPassword(password: string, phc: string | undefined): Promise<boolean> {
  const parsed = phc === undefined ? undefined : parse(phc);
  const { salt, hash, costs } = parsed ?? { salt: Buffer.alloc(16), hash: Buffer.alloc(tagBytes), costs: today };
  const derived = await derivePassword(password, salt, costs, hash.length);
  return timingSafeEqual(derived, hash) && parsed !== undefined;
}

/** NFKC: a password typed with a full-width keyboard is the same password. */
function derivePassword(password: string, salt: Buffer, costs: Costs, tagLength: number): Promise<Buffer> {
  const parameters: Argon2Parameters = { ...costs, message: password.normalize('NFKC'), nonce: salt, tagLength };
  return turns.run('', () => derive('argon2id', parameters));
}

function parse(phc: string): { salt: Buffer; hash: Buffer; costs: Costs } | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(phc);
  if (match === null) return undefined;
  const [, memory, passes, parallelism, salt = '', hash = ''] = match;
  const costs = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64'), costs };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
