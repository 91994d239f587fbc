/** Whether what a file holds as a flow is one at all: anybody may have written it. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Flow } from '../../engine/flow.gen.ts';
import schema from '../../engine/flow.schema.json' with { type: 'json' };

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validate = ajv.compile<Flow>(schema);

export function isFlow(value: unknown): value is Flow {
  return validate(value);
}
