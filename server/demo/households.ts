/** Who owns, rents and lives in the units: residents with accounts first, then everyone else by chance. */
import { addDays } from './days.ts';
import type { Names } from './names.ts';
import type { Home } from './places.ts';
import { demoId, type Random } from './random.ts';
import type { Row } from './rows.ts';
import type { CommunitySource, ResidentSource } from './sources.ts';

export interface Households {
  parties: Row[];
  ownerships: Row[];
  tenancies: Row[];
  /** Unit id → status of the register. */
  statuses: Map<string, string>;
}

export interface HouseholdInput {
  homes: Home[];
  residents: ResidentSource[];
  community: CommunitySource;
  names: Names;
  random: Random;
  /** ISO date of the load: tenancies run around it. */
  today: string;
}

/** Shares of the flats that nobody has bought, that have two owners, whose owner has another one. */
const unsold = 0.05;
const coOwned = 0.12;
const secondHome = 0.05;
/** What became of a sold flat, by share. */
const fates = [
  { status: 'let', share: 0.14 },
  { status: 'vacant', share: 0.08 },
  { status: 'renovating', share: 0.04 },
  { status: 'delivered', share: 0.03 },
] as const;

interface Fixed {
  owner?: string;
  tenant?: string;
}

export function makeHouseholds(input: HouseholdInput): Households {
  const households: Households = { parties: [], ownerships: [], tenancies: [], statuses: new Map() };
  addParty(households, 'developer', 'company', { name: input.community.developer, phone: input.names.phone() });
  const fixed = addResidents(households, input);
  for (const home of input.homes) {
    const status = settle(households, home, input, fixed.get(home.label) ?? {});
    households.statuses.set(home.id, status);
  }
  return households;
}

/** Parties of the residents with accounts, by the label of the home they own or rent. */
function addResidents(households: Households, { residents, names }: HouseholdInput): Map<string, Fixed> {
  const fixed = new Map<string, Fixed>();
  for (const { username, name, owns = [], rents = [] } of residents) {
    const party = addParty(households, username, 'person', {
      name,
      phone: names.phone(),
      email: `${username}@example.com`,
    });
    for (const label of owns) fixed.set(label, { owner: party });
    for (const label of rents) fixed.set(label, { tenant: party });
  }
  return fixed;
}

/** Gives the home its owners and perhaps a tenant; answers the status of the unit. */
function settle(households: Households, home: Home, input: HouseholdInput, fixed: Fixed): string {
  const { names, random } = input;
  const developer = demoId('party', 'developer');
  if (home.isShop) {
    own(households, home, input, [developer]);
    const company = input.community.shops.find(({ unit }) => unit === home.label)?.company ?? home.label;
    const contact = { name: company, phone: names.phone() };
    return rent(households, home, input, addParty(households, `shop-${home.label}`, 'company', contact));
  }
  if (fixed.owner !== undefined) {
    own(households, home, input, [fixed.owner]);
    return 'occupied';
  }
  if (fixed.tenant === undefined && random.chance(unsold)) {
    own(households, home, input, [developer]);
    return 'unsold';
  }
  own(households, home, input, pickOwners(households, home, input));
  if (fixed.tenant !== undefined) return rent(households, home, input, fixed.tenant);
  const status = drawFate(random);
  if (status !== 'let') return status;
  const tenant = { name: names.person(), phone: names.phone() };
  return rent(households, home, input, addParty(households, `${home.label}-tenant`, 'person', tenant));
}

function pickOwners(households: Households, home: Home, { names, random, residents }: HouseholdInput): string[] {
  // The developer and the residents of the list come first, and own what the list says.
  const others = households.parties.slice(residents.length + 1).filter(({ fields }) => fields.kind === 'person');
  if (others.length > 0 && random.chance(secondHome)) return [random.pick(others).id];
  return Array.from({ length: random.chance(coOwned) ? 2 : 1 }, (_, index) =>
    addParty(households, `${home.label}-owner-${index}`, 'person', { name: names.person(), phone: names.phone() }),
  );
}

function drawFate(random: Random): string {
  let rest = random.next();
  for (const { status, share } of fates) {
    if (rest < share) return status;
    rest -= share;
  }
  return 'occupied';
}

function addParty(
  households: Households,
  key: string,
  kind: 'person' | 'company',
  { name, phone, email }: { name: string; phone: string; email?: string },
): string {
  const id = demoId('party', key);
  households.parties.push({ id, fields: { kind, name, phone, ...(email !== undefined && { email }) } });
  return id;
}

function own(households: Households, home: Home, { community, random }: HouseholdInput, owners: string[]): void {
  const isDeveloper = owners[0] === demoId('party', 'developer');
  const fromDate = addDays(community.deliveredOn, isDeveloper ? 0 : random.between(0, 1500));
  for (const [index, party] of owners.entries()) {
    const id = demoId('ownership', home.label, party);
    const share = 1 / owners.length;
    households.ownerships.push({ id, fields: { unit: home.id, party, share, billTo: index === 0, fromDate } });
  }
}

function rent(households: Households, home: Home, { random, today }: HouseholdInput, party: string): string {
  const fromDate = addDays(today, -random.between(30, 330));
  const toDate = addDays(fromDate, 365 * random.between(1, 3));
  const fields = { unit: home.id, party, fromDate, toDate, paysFees: random.chance(0.6) };
  households.tenancies.push({ id: demoId('tenancy', home.label), fields });
  return 'let';
}
