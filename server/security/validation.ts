/**
 * How requests are checked against their route's schema: bodies exactly as they came (no coercion, nothing removed, unknown
 * fields refused by the schema), addresses and query strings with text turned into numbers and booleans.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { uuidPattern } from '../schema.ts';

const shared = {
  allErrors: true,
  strict: true,
  strictTypes: false,
  removeAdditional: false,
  useDefaults: true,
} as const;

/** One pair of validators a server. */
export function createValidatorCompiler(): FastifySchemaCompiler<TSchema> {
  const exact = new Ajv2020({ ...shared, coerceTypes: false });
  const lenient = new Ajv2020({ ...shared, coerceTypes: true });
  for (const ajv of [exact, lenient]) {
    addFormats.default(ajv);
    // Theirs takes `urn:uuid:…` too, which Postgres refuses.
    ajv.addFormat('uuid', uuidPattern);
  }
  return ({ schema, httpPart }) => (httpPart === 'body' ? exact : lenient).compile(schema);
}
