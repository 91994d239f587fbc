/** People who do not exist: names that sound like their generation, phone numbers that no operator hands out. */
import type { Random } from './random.ts';
import type { NameSource } from './sources.ts';

export interface Names {
  /** A full name that was not given before. */
  person(): string;
  /** 100 0000 xxxx: eleven digits as people expect them, in no number range of any operator. */
  phone(): string;
}

export function makeNames(source: NameSource, random: Random, taken: Iterable<string>): Names {
  const used = new Set(taken);
  let phones = 0;
  const draw = (): string =>
    random.pickEarly(source.surnames) + random.pick(random.chance(0.5) ? source.male : source.female);
  return {
    person() {
      let name = draw();
      while (used.has(name)) name = draw();
      used.add(name);
      return name;
    },
    phone() {
      phones += 1;
      return `1000000${String(phones).padStart(4, '0')}`;
    },
  };
}
