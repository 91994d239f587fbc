/** Repairs driven by residents, dispatchers and technicians, each its own way through the flow; keeps what was acknowledged. */
import type { Random } from '../../server/demo/random.ts';
import { claim, complete, start, type Drive, type Ledger } from './acts.ts';
import type { Client } from './client.ts';

export interface People {
  residents: { client: Client; unit: string }[];
  dispatchers: Client[];
  technicians: { client: Client; personId: string }[];
}

export interface RepairLedger extends Ledger {
  /** Case id → the rating that was given. */
  ratings: Map<string, number>;
}

interface RepairDrive extends Drive {
  random: Random;
  people: People;
}

/** One repair from report to wherever its way ends: most are rated, some are left in the middle. */
export async function driveRepair(random: Random, people: People, ledger: RepairLedger): Promise<void> {
  const resident = random.pick(people.residents);
  const begun = await start(ledger, resident.client, 'repair', reportOf(random, resident.unit));
  const drive: RepairDrive = { ...begun, random, people };

  if (random.chance(0.06)) return;
  const technician = await dispatch(drive);
  if (random.chance(0.1)) return;
  await complete(drive, technician, { step: 'work', outcome: 'done', fields: workOf(random) });
  if (random.chance(0.2)) {
    await complete(drive, resident.client, {
      step: 'accept_owner',
      outcome: 'rework',
      comment: '还有一点漏，请再看看',
    });
    await complete(drive, technician, { step: 'work', outcome: 'done', fields: workOf(random) });
  }
  if (random.chance(0.1)) return;
  await complete(drive, resident.client, { step: 'accept_owner', outcome: 'accepted' });
  if (random.chance(0.15)) return;
  const rating = random.between(1, 5);
  await complete(drive, resident.client, { step: 'rate', outcome: 'rated', fields: { rating } });
  ledger.ratings.set(drive.caseId, rating);
}

/** To a person or to the pool; sometimes declined first. Gives who took it. */
async function dispatch(drive: RepairDrive): Promise<Client> {
  const { random, people } = drive;
  const dispatcher = random.pick(people.dispatchers);
  await claim(drive, dispatcher, 'dispatch');
  let technician = random.pick(people.technicians);
  if (random.chance(0.4)) {
    await complete(drive, dispatcher, { step: 'dispatch', outcome: 'dispatched', fields: { dispatchMode: 'pool' } });
    await claim(drive, technician.client, 'accept_pool');
    await complete(drive, technician.client, { step: 'accept_pool', outcome: 'accepted' });
    return arrive(drive, technician.client);
  }
  const assign = { dispatchMode: 'assign', technician: technician.personId };
  await complete(drive, dispatcher, { step: 'dispatch', outcome: 'dispatched', fields: assign });
  if (random.chance(0.2)) {
    await complete(drive, technician.client, { step: 'accept_assigned', outcome: 'declined', comment: '今天排满了' });
    technician = random.pick(people.technicians);
    const other = { dispatchMode: 'assign', technician: technician.personId };
    await complete(drive, dispatcher, { step: 'dispatch', outcome: 'dispatched', fields: other });
  }
  await complete(drive, technician.client, { step: 'accept_assigned', outcome: 'accepted' });
  return arrive(drive, technician.client);
}

async function arrive(drive: RepairDrive, technician: Client): Promise<Client> {
  const fields = { arrivePosition: { lng: 120.12, lat: 30.28 } };
  await complete(drive, technician, { step: 'arrive', outcome: 'arrived', fields });
  return technician;
}

function reportOf(random: Random, unit: string): Record<string, unknown> {
  const category = random.pick(['water', 'electricity', 'door']);
  return { unit, place: '厨房', area: 'private', category, urgency: 'normal', description: '水龙头关不紧，一直滴水。' };
}

function workOf(random: Random): Record<string, unknown> {
  return { workRecord: '更换阀芯，试水不漏。', workMinutes: random.between(10, 120) };
}
