/** Community, buildings, entrances and units: who lives in them decides households.ts. */
import { demoId } from './random.ts';
import type { Row } from './rows.ts';
import type { CommunitySource } from './sources.ts';

export interface Home {
  id: string;
  /** building-entrance-number, as residents say it: 3-2-1201. */
  label: string;
  builtArea: number;
  isShop: boolean;
}

export interface Places {
  communityId: string;
  rows: { community: Row[]; building: Row[]; entrance: Row[]; unit: Row[] };
  homes: Home[];
}

/** 6 buildings × 2 entrances × 18 floors × 4 units = 864, as content/demo/community.json has it. */
export function makePlaces(source: CommunitySource): Places {
  const communityId = demoId('community', source.code);
  const { code, name, address, phone, timeZone, deliveredOn } = source;
  const places: Places = {
    communityId,
    rows: {
      community: [{ id: communityId, fields: { code, name, address, phone, timeZone, deliveredOn } }],
      building: [],
      entrance: [],
      unit: [],
    },
    homes: [],
  };
  for (const building of source.buildings) addBuilding(places, source, building);
  return places;
}

function addBuilding(places: Places, source: CommunitySource, building: { code: string; name: string }): void {
  const id = demoId('building', building.code);
  places.rows.building.push({
    id,
    fields: {
      ...building,
      floorsAbove: source.floors,
      floorsBelow: source.floorsBelow,
    },
  });
  for (const code of source.entrances) {
    const entranceId = demoId('entrance', building.code, code);
    places.rows.entrance.push({ id: entranceId, fields: { building: id, code, hasElevator: true } });
    addUnits(places, source, { id: entranceId, building: id, label: `${building.code}-${code}` });
  }
}

function addUnits(
  places: Places,
  source: CommunitySource,
  entrance: { id: string; building: string; label: string },
): void {
  const shops = new Set(source.shops.map(({ unit }) => unit));
  for (let floor = 1; floor <= source.floors; floor += 1) {
    const more = floor === source.floors ? source.topFloorBonus : 0;
    for (const { line, layout, builtArea, innerArea } of source.lines) {
      const number = `${String(floor).padStart(2, '0')}${line}`;
      const label = `${entrance.label}-${number}`;
      const isShop = shops.has(label);
      const home: Home = { id: demoId('unit', label), label, builtArea: round(builtArea + more), isShop };
      places.homes.push(home);
      places.rows.unit.push({
        id: home.id,
        fields: {
          building: entrance.building,
          entrance: entrance.id,
          number,
          floor,
          layout: isShop ? '临街商铺' : layout,
          builtArea: home.builtArea,
          innerArea: round(innerArea + more),
          usage: isShop ? 'shop' : 'residence',
          deliveredOn: source.deliveredOn,
        },
      });
    }
  }
}

/** Areas have two decimals. */
function round(area: number): number {
  return Math.round(area * 100) / 100;
}
