/** A round through twelve rooms, each checked by whoever began it: what the product ships has no work of so many rows. */
import type { Db } from '../server/db/as.ts';
import { publishFlow } from '../server/definitions/flows.ts';
import { publishForm } from '../server/definitions/forms.ts';
import type { Flow } from '../workflows/engine/flow.gen.ts';
import { readDemoAccounts } from '../server/demo/sources.ts';
import { complete, start } from './faults/acts.ts';
import { signIn } from './faults/client.ts';
import type { Product } from './product.ts';
import { inDatabase } from './world.ts';

const rooms = Array.from({ length: 12 }, (_, index) => `机房 ${index + 1}`);
const text = (zh: string, en: string) => ({ 'zh-CN': zh, en });
const column = (zh: string, en: string) => ({ type: 'string', 'x-field': 'text', 'x-title': text(zh, en) });
const form = {
  schema: {
    title: 'Tour',
    type: 'object',
    additionalProperties: false,
    'x-key': 'tour',
    'x-kind': 'case',
    'x-title': text('巡检单', 'Tour'),
    'x-local': false,
    'x-label': '{what}',
    required: ['what'],
    properties: {
      what: column('事项', 'What'),
      rooms: {
        type: 'array',
        'x-field': 'table',
        'x-title': text('机房', 'Rooms'),
        items: { type: 'object', additionalProperties: false, properties: { name: column('名称', 'Name') } },
      },
    },
  },
  layout: { sections: [{ fields: ['what', 'rooms'] }], list: ['what'] },
};
const people = { assign: { rule: 'initiator' as const } };
/** The rooms are items within an item, of which ten are kept when they are done. */
const flow: Flow = {
  key: 'tour',
  title: text('巡检', 'Tour'),
  form: 'tour',
  caseTitle: 'what',
  start: { who: ['staff'], fields: { what: 'required', rooms: 'edit' } },
  steps: [
    {
      id: 'floors',
      kind: 'forEach',
      title: text('逐层', 'Each floor'),
      list: '[1]',
      as: 'floor',
      steps: [
        {
          id: 'each_room',
          kind: 'forEach',
          title: text('逐间', 'Each room'),
          list: 'rooms',
          as: 'room',
          steps: [{ id: 'check', kind: 'userTask', title: text('检查', 'Check'), people }],
        },
      ],
    },
    { id: 'close', kind: 'userTask', title: text('归档', 'File'), people, allow: { return: true } },
  ],
};

/** A tour of this name, all rooms checked and waiting to be filed by the same person. */
export async function walkTour({ address, ...product }: Product, username: string, what: string): Promise<void> {
  await inDatabase(product, publish);
  const walker = await signIn(address, username, readDemoAccounts().password);
  const ledger = { cases: [], acknowledged: [], onAct: () => undefined };
  const drive = await start(ledger, walker, 'tour', { what, rooms: rooms.map((name) => ({ name })) });
  for (const item of rooms) await complete(drive, walker, { step: 'check', outcome: 'done', item });
}

async function publish(db: Db): Promise<void> {
  await publishForm(db, form, { note: null, by: null });
  await publishFlow(db, flow, { note: null, by: null });
}
