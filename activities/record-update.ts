/** `record.update`: changes fields of a record of a register, in the community of the case, validated as any record. */
import { validateAct } from '../forms/validate.ts';
import type { Values } from '../forms/types.ts';
import { sql } from 'kysely';
import { patchRecord, readRecord } from '../server/db/records/index.ts';
import { once } from './once.ts';
import { cannot, loadRegister, recordErrors, refuse, withRefusals } from './records.ts';
import { formInput, idInput } from './schemas.ts';
import { briefly } from './retry.ts';
import type { Activity } from './types.ts';

interface Input {
  form: string;
  id: string;
  fields: Values;
}

export const recordUpdate: Activity = {
  name: 'record.update',
  title: { 'zh-CN': '修改登记', en: 'Change a record' },
  description: {
    'zh-CN': '修改本项目（或全公司）某条登记的几个字段，照表单校验；没写的字段不变。',
    en: 'Changes fields of a record in the community of the case (or the company), validated by its form; others stay.',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['form', 'id', 'fields'],
    properties: { form: formInput, id: idInput, fields: { type: 'object', description: 'New values; null empties.' } },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['id'],
    properties: { id: { type: 'string', format: 'uuid', description: 'Of the record.' } },
  },
  errors: recordErrors,
  retry: briefly,
  run(input, context) {
    const { form: key, id, fields } = input as unknown as Input;
    return once(context, async (tx) => {
      const form = await loadRegister(tx, key);
      await sql`select from ${sql.id('record', form.table)} where id = ${id} for no key update`.execute(tx);
      const record = await withRefusals(form, () => readRecord(tx, form, id));
      const home = form.local === 'self' ? id : record.communityId;
      if (context.communityId !== null && home !== null && home !== context.communityId)
        throw cannot('not_found', `no such ${key} in the community of the case`);
      refuse(validateAct(form, { current: record.fields, patch: fields, permissions: null }));
      await withRefusals(form, () => patchRecord(tx, form, id, { fields, by: null }));
      return { id };
    });
  },
};
