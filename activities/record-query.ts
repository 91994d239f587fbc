/** `record.query`: asks the records of a form type, in the community of the case; its answer can fill fields of the case. */
import type { Values } from '../forms/types.ts';
import { sql } from 'kysely';
import { asEngine } from '../server/db/as.ts';
import { ask, QuestionError, type Question, type Test } from '../server/db/records/question.ts';
import { cannot, loadAny } from './records.ts';
import { formInput } from './schemas.ts';
import { briefly } from './retry.ts';
import type { Activity } from './types.ts';

interface Input extends Omit<Question, 'where'> {
  form: string;
  where?: Test[];
  fields?: string[];
  limit?: number;
}

export const recordQuery: Activity = {
  name: 'record.query',
  title: { 'zh-CN': '查询登记', en: 'Ask records' },
  description: {
    'zh-CN': '在本项目（或全公司）的某类登记里查：第一条、条数、合计、列表或名称。',
    en: 'Asks a form type, in the community of the case (or the company): the first record, how many, a sum, a list, a name.',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['form', 'take'],
    properties: {
      form: formInput,
      where: {
        type: 'array',
        maxItems: 10,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['field', 'op', 'value'],
          properties: {
            field: { type: 'string', maxLength: 60 },
            op: { enum: ['=', '!=', '<', '<=', '>', '>=', 'in'] },
            value: { description: 'A list for `in`; null meets nothing.' },
          },
        },
      },
      take: { enum: ['one', 'count', 'sum', 'list', 'label'] },
      field: { type: 'string', maxLength: 60, description: 'For one, sum and list: the field that is meant.' },
      fields: {
        type: 'array',
        minItems: 1,
        maxItems: 50,
        items: { type: 'string', maxLength: 60 },
        description: 'For list without `field`: what of each record is wanted; `id` is one. Default: all.',
      },
      limit: { type: 'integer', minimum: 1, maximum: 500, description: 'For list: how many at most.' },
      order: {
        type: 'object',
        additionalProperties: false,
        required: ['field'],
        properties: { field: { type: 'string' }, descending: { type: 'boolean' } },
      },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    properties: {
      value: { description: 'A number, a list, a name; of one: the value of `field`.' },
      id: { type: ['string', 'null'], description: 'Of one: the record that was found.' },
    },
  },
  errors: {},
  retry: briefly,
  run(input, { db, caseId, communityId }) {
    const { form: key, where = [], fields, limit, ...question } = input as unknown as Input;
    return asEngine(db, async (tx) => {
      const form = await loadAny(tx, key);
      const { rows } = await sql<{ zone: string }>`select community_zone(${communityId}::uuid) as zone`.execute(tx);
      const zone = rows[0]?.zone ?? 'Asia/Shanghai';
      const answer = await ask(tx, form, { ...question, where }, { communityId, caseId, zone }).catch(
        (error: unknown) => {
          throw error instanceof QuestionError ? cannot('activity_input_invalid', error.message) : error;
        },
      );
      if (question.take === 'list') return { value: pick(answer as unknown[], { fields, limit }), id: null };
      if (question.take !== 'one') return { value: answer, id: null };
      const found = answer as Values | null;
      return { value: found?.[question.field ?? 'id'] ?? null, id: found?.id ?? null };
    });
  },
};

interface Wanted {
  fields: string[] | undefined;
  limit: number | undefined;
}

/** Of whole records only the wanted fields; what is empty stays away. */
function pick(list: unknown[], { fields, limit }: Wanted): unknown[] {
  const some = list.slice(0, limit);
  if (fields === undefined) return some;
  return some.map((each) =>
    typeof each === 'object' && each !== null
      ? Object.fromEntries(Object.entries(each).filter(([name]) => fields.includes(name)))
      : each,
  );
}
