/** Which reverse proxies are believed about where a request comes from. Whoever believes all of them believes the client itself. */
import { isIP } from 'node:net';

/** Hops from the server outwards, or the addresses of the proxies; false: none. As Fastify's `trustProxy`. */
export type TrustedProxies = false | number | readonly string[];

/** Undefined when the value is understood, else the rest of a sentence that starts with the setting's name. */
export function problemOfProxies(value: string): string | undefined {
  if (value === 'true') {
    return 'is "true": that would believe whatever a client writes into X-Forwarded-For. Give how many proxies stand in front (1), or their addresses (10.0.0.0/8,fd00::/8)';
  }
  const isFine = value === 'false' || /^[1-9]$/.test(value) || value.split(',').every(isRange);
  return isFine
    ? undefined
    : `is "${value}": false, a number of proxies from 1 to 9, or addresses such as 10.0.0.0/8 divided by commas are needed`;
}

/** Of a value without a problem. */
export function readProxies(value: string): TrustedProxies {
  if (value === 'false') return false;
  return /^\d$/.test(value) ? Number(value) : value.split(',').map((each) => each.trim());
}

function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.trim().split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

/** What Fastify is told. Hop 0 is who holds the connection. */
export function toTrust(proxies: TrustedProxies): false | string[] | ((address: string, hop: number) => boolean) {
  if (proxies === false) return false;
  return typeof proxies === 'number' ? (_address, hop) => hop < proxies : [...proxies];
}
