/**
 * `case.start`: starts a case of another flow, and goes on without waiting for it. Its id comes from the step's key, so that it is started once
 * (protocol.md rule 10).
 */
import { createHash } from 'node:crypto';
import type { Values } from '../forms/types.ts';
import { AppError } from '../server/errors.ts';
import { cannot } from './records.ts';
import { briefly } from './retry.ts';
import type { Activity } from './types.ts';

interface Input {
  flow: string;
  fields: Values;
  initiator?: string;
}

export const caseStart: Activity = {
  name: 'case.start',
  title: { 'zh-CN': '发起另一张单', en: 'Start another case' },
  description: {
    'zh-CN': '在本项目发起另一个流程的单，不等它办完；发起人默认是本单的发起人。',
    en: 'Starts a case of another flow in the community of this one, and does not wait for it; its initiator is this one’s by default.',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['flow', 'fields'],
    properties: {
      flow: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,39}$', description: 'Key of the flow.' },
      fields: { type: 'object', description: 'Values by field, as whoever starts it would fill them in.' },
      initiator: { type: 'string', format: 'uuid', description: 'Person whose case it is. Default: of this case.' },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'number'],
    properties: {
      id: { type: 'string', format: 'uuid', description: 'Of the new case.' },
      number: { type: 'string', description: 'What people call it by.' },
    },
  },
  errors: {
    flow_unknown: { 'zh-CN': '没有这个流程', en: 'There is no such flow' },
    invalid_fields: { 'zh-CN': '字段没有通过校验', en: 'The start refuses the fields' },
  },
  retry: briefly,
  async run(input, { caseId, communityId, idempotencyKey, startCase }) {
    const { flow, fields, initiator } = input as unknown as Input;
    try {
      return await startCase({
        id: idOf(idempotencyKey),
        flow,
        fields,
        communityId,
        cause: caseId,
        initiator: initiator ?? null,
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const code = error.code === 'not_found' ? 'flow_unknown' : error.code;
      throw cannot(code, error.errors.map(({ path, code: why }) => `${path} ${why}`).join(', '));
    }
  },
};

/** As every id that comes from a cause: a UUID of version 8. */
function idOf(key: string): string {
  const hex = createHash('sha256').update(`case.start ${key}`).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
