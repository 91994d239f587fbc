/**
 * Where uploaded files are kept, as `GUANJIA_FILES` says it: nothing for the data folder, or
 * `s3://bucket/prefix?endpoint=https://host&region=name` for a store that speaks S3. Keys are settings of their own, so that the
 * address may be shown.
 */

export interface S3Place {
  bucket: string;
  /** Before every key; empty or with a slash at its end. */
  prefix: string;
  /** Origin without a trailing slash. */
  endpoint: string;
  region: string;
  /** bucket.host instead of host/bucket: what Amazon and Aliyun want, and most other servers do not. */
  virtualHost: boolean;
  keyId: string;
  secret: string;
}

/** What is wrong with the address, as the rest of a sentence; undefined when nothing is. */
export function problemOfPlace(value: string): string | undefined {
  const url = URL.parse(value);
  if (url?.protocol !== 's3:' || !/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(url.hostname))
    return 'is not an address such as s3://bucket/prefix?endpoint=https://host&region=name';
  if (url.username !== '' || url.password !== '')
    return 'holds a key: put it into GUANJIA_FILES_KEY_ID and GUANJIA_FILES_SECRET';
  const unknown = [...url.searchParams.keys()].find((name) => !['endpoint', 'region', 'virtualHost'].includes(name));
  if (unknown !== undefined) return `has the unknown part "${unknown}": endpoint, region and virtualHost are known`;
  const endpoint = url.searchParams.get('endpoint');
  if (endpoint !== null && !/^https?:\/\/[^/?#\s]+\/?$/.test(endpoint))
    return 'has an endpoint that is no http(s) origin';
  return undefined;
}

/** Undefined: the data folder. `value` has been checked with `problemOfPlace`. */
export function readPlace(value: string | undefined, key: { id: string; secret: string }): S3Place | undefined {
  const url = value === undefined ? null : URL.parse(value);
  if (url === null) return undefined;
  const region = url.searchParams.get('region') ?? 'us-east-1';
  const prefix = url.pathname.replaceAll(/^\/+|\/+$/g, '');
  return {
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint: (url.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`).replace(/\/$/, ''),
    region,
    virtualHost: url.searchParams.get('virtualHost') === 'true' || !url.searchParams.has('endpoint'),
    keyId: key.id,
    secret: key.secret,
  };
}
