/**
 * Which addresses the http activity may connect to: public ones only, whatever a name resolves to. The lists are those of IANA's registries
 * of special-purpose addresses (RFC 6890 and what updates it): private, loopback, link-local (where clouds keep their metadata), shared,
 * documentation, benchmarking, multicast, reserved.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const closed = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  closed.addSubnet(network, prefix, 'ipv4');
// Aliyun and Tencent answer metadata and internal services on public-looking addresses.
closed.addAddress('100.100.100.200', 'ipv4');

/** Only global unicast is open in IPv6, without the parts of it that lead elsewhere. */
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  // Teredo, benchmarking, ORCHID and the rest of the IETF's own block.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4: an IPv4 address inside.
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closed.addSubnet(network, prefix, 'ipv6');

/** As `dns.lookup` or a URL gives it; brackets of IPv6 taken off. */
export function isPublicAddress(address: string): boolean {
  const inner = ipv4Within(address);
  if (inner !== undefined) return isPublicAddress(inner);
  if (isIPv4(address)) return !closed.check(address, 'ipv4');
  if (!isIPv6(address) || address.includes('%')) return false;
  return global.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

/** Of ::ffff:a.b.c.d and 64:ff9b::a.b.c.d, in whatever writing. */
function ipv4Within(address: string): string | undefined {
  if (!isIPv6(address) || address.includes('%')) return undefined;
  // The URL parser writes an address in one way only.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const { high, low } = /^(?:::ffff:|64:ff9b::)(?<high>[\da-f]{1,4}):(?<low>[\da-f]{1,4})$/.exec(text)?.groups ?? {};
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
