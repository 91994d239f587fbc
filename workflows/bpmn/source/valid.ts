/** Whether what a file holds as a flow is one at all: anybody may have written it. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Flow } from '../../engine/flow.gen.ts';
import schema from '../../engine/flow.schema.json' with { type: 'json' };

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validate = ajv.compile<Flow>(schema);

export function isFlow(value: unknown): value is Flow {
  return validate(value);
}

export interface Fault {
  /** Names of properties and indices, from the flow on. */
  path: string[];
  /** A sentence. */
  says: string;
}

/** Why it is none; null: it is one. */
export function faultIn(value: unknown): Fault | null {
  if (validate(value)) return null;
  // A step is held against all kinds: that which it is has been followed furthest.
  const [deepest] = (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'const')
    .map(({ instancePath, message = '' }) => ({ path: instancePath.split('/').slice(1), message, at: instancePath }))
    .toSorted((one, other) => other.path.length - one.path.length);
  return { path: deepest?.path ?? [], says: `${deepest?.at ?? ''} ${deepest?.message ?? 'is no flow'}` };
}
