/** `record.create`: adds a record to a register, in the community of the case, validated as any record. */
import { createHash } from 'node:crypto';
import { validateAct } from '../forms/validate.ts';
import type { Values } from '../forms/types.ts';
import { insertRecord } from '../server/db/records/index.ts';
import { once } from './once.ts';
import { loadRegister, recordErrors, refuse, withRefusals } from './records.ts';
import { formInput } from './schemas.ts';
import { briefly } from './retry.ts';
import type { Activity } from './types.ts';

export const recordCreate: Activity = {
  name: 'record.create',
  title: { 'zh-CN': '新增登记', en: 'Add a record' },
  description: {
    'zh-CN': '在本项目（或全公司）的某类登记里新增一条，字段照表单校验。',
    en: 'Adds a record to a register, in the community of the case (or the company), validated by its form.',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['form', 'fields'],
    properties: { form: formInput, fields: { type: 'object', description: 'Values by field.' } },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['id'],
    properties: { id: { type: 'string', format: 'uuid', description: 'Of the new record.' } },
  },
  errors: recordErrors,
  retry: briefly,
  run(input, context) {
    const { form: key, fields } = input as { form: string; fields: Values };
    return once(context, async (tx) => {
      const form = await loadRegister(tx, key);
      refuse(validateAct(form, { patch: fields, permissions: null }));
      const communityId = form.local === true && form.communityFrom === null ? context.communityId : null;
      const id = idOf(context.idempotencyKey);
      const record = await withRefusals(form, () => insertRecord(tx, form, { id, communityId, fields, by: null }));
      const isElsewhere =
        record.communityId !== null && (context.communityId ?? record.communityId) !== record.communityId;
      if (isElsewhere) refuse([{ path: `/fields/${form.communityFrom ?? ''}`, code: 'community_mismatch' }]);
      return { id: record.id };
    });
  },
};

/** The same key gives the same id: whatever else went wrong, the table itself takes it once. */
function idOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
