/** What the engine gets of a published flow: a form's fields compare as what they are, though they travel as JSON. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aField, aSchema } from '../../forms/testing.ts';
import { compile } from '../../workflows/engine/compile.ts';
import { Simulation } from '../../workflows/engine/simulate.ts';
import { varsOf } from '../commands/message.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { choice, flowOf } from '../testing/rules.ts';
import { publishFlow } from './flows.ts';
import { publishForm } from './forms.ts';
import { getFlow } from './published.ts';

const schema = aSchema(
  {
    what: aField('text'),
    note: aField('text'),
    amount: aField('money'),
    day: aField('date'),
    moment: aField('dateTime'),
    lasts: aField('duration'),
    twice: aField('computed', { type: 'number', 'x-result': 'money', 'x-formula': 'amount * 2' }),
    week: aField('computed', { type: 'string', 'x-result': 'date', 'x-formula': 'day + duration("P7D")' }),
  },
  { 'x-kind': 'case' },
);

let test: TestDb;
beforeAll(async () => {
  test = await createTestDb();
  await publishForm(test.adminDb, { schema, layout: { sections: [] } }, { note: null, by: null });
});
afterAll(() => test.drop());

let published = 0;
/** Where a case goes that is started with these fields: `after` where the condition holds, else `other`. */
async function goesTo(when: string, fields: Record<string, unknown>): Promise<string[]> {
  published += 1;
  const key = `typed_${published}`;
  await publishFlow(test.adminDb, flowOf(key, [choice(when)], 'thing'), { note: null, by: null });
  const flow = await getFlow(test.db, { key, version: 1 });
  const run = new Simulation(compile(flow.loaded));
  run.start('someone', varsOf(flow, fields));
  expect(run.state.incidents).toEqual([]);
  return run.open();
}

describe('types of the fields that the engine compares', () => {
  it('carries an amount as a decimal string', async () => {
    await publishFlow(test.adminDb, flowOf('carried', [choice('amount > 1000')], 'thing'), { note: null, by: null });
    const flow = await getFlow(test.db, { key: 'carried', version: 1 });

    expect(flow.loaded.types).toEqual({
      amount: 'money',
      day: 'date',
      moment: 'dateTime',
      lasts: 'duration',
      twice: 'money',
      week: 'date',
    });
    expect(varsOf(flow, { amount: 19999.9, note: 'kept out' })).toEqual({ amount: '19999.90' });
  });

  it.each([
    // As texts, "999.50" would be more than "1000" and "19999.90" less than "2".
    ['amount > 1000', { amount: 19999.9 }, 'after'],
    ['amount > 1000', { amount: 999.5 }, 'other'],
    ['amount > 2', { amount: 19999.9 }, 'after'],
    ['amount = 0.3', { amount: 0.3 }, 'after'],
    ['amount + 0.5 >= 1000', { amount: 999.5 }, 'after'],
    ['amount > 1000', {}, 'other'],
    ['twice > 1000', { amount: 500.01 }, 'after'],
    ['twice > 1000', { amount: 500 }, 'other'],
    ['day > date("2026-01-31")', { day: '2026-02-01' }, 'after'],
    ['day + duration("P1D") > date("2026-02-01")', { day: '2026-02-01' }, 'after'],
    ['week = date("2026-03-01")', { day: '2026-02-22' }, 'after'],
    // The same instant in two zones.
    ['moment = date and time("2026-02-01T00:00:00Z")', { moment: '2026-02-01T08:00:00+08:00' }, 'after'],
    ['lasts > duration("PT90M")', { lasts: 'PT2H' }, 'after'],
  ])('%s of %o goes to %s', async (when, fields, step) => {
    expect(await goesTo(when, fields)).toEqual([step]);
  });
});
