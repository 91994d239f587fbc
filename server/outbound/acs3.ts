/**
 * Signature ACS3-HMAC-SHA256 of Aliyun's OpenAPI, version 3: a canonical request with the hash of its body, signed with the secret.
 * Source: https://help.aliyun.com/document_detail/2712195.html (V3 request and signature mechanism).
 */
import { createHash, createHmac } from 'node:crypto';

export interface AcsRequest {
  /** Host and port, as the server sees it. */
  host: string;
  action: string;
  version: string;
  query: Readonly<Record<string, string>>;
  /** ISO 8601 in UTC, to the second. */
  date: string;
  nonce: string;
}

/** Headers of a POST to `/` without a body. */
export function signAcs3(
  request: AcsRequest,
  { keyId, secret }: { keyId: string; secret: string },
): Record<string, string> {
  const bodyHash = sha256('');
  const headers: Record<string, string> = {
    host: request.host,
    'x-acs-action': request.action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': request.date,
    'x-acs-signature-nonce': request.nonce,
    'x-acs-version': request.version,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name] ?? ''}\n`).join('');
  const signed = names.join(';');
  const canonical = ['POST', '/', canonicalQuery(request.query), lines, signed, bodyHash].join('\n');
  const signature = createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${keyId},SignedHeaders=${signed},Signature=${signature}`;
  return { ...headers, authorization };
}

/** Sorted, in the encoding of RFC 3986; also what is sent. */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${encode(name)}=${encode(query[name] ?? '')}`)
    .join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
