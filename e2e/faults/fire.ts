/** What is killed and when: after every so many acknowledged acts one of the processes, in an order by chance. */
import type { Random } from '../../server/demo/random.ts';
import type { Fleet, Victim } from './fleet.ts';

export type Kills = Record<Victim, number>;

export interface Fire {
  /** In the order of their deaths. */
  killed: readonly Victim[];
  counts(): Kills;
  /** To be told of every acknowledged act. */
  onAct(): void;
  /** Kills whoever is left of the plan; over when all of them have been started again. */
  cease(): Promise<void>;
}

interface Plan {
  kills: Kills;
  /** Acts between two kills, so that all happen while work is under way. */
  actsBetween: number;
}

const longestDownMs = 800;

export function openFire(fleet: Fleet, random: Random, { kills, actsBetween }: Plan): Fire {
  const left = inAnyOrder(random, kills);
  const killed: Victim[] = [];
  const shots: Promise<void>[] = [];
  let acts = 0;
  const shoot = (): void => {
    const shot = left.shift();
    if (shot === undefined) return;
    killed.push(shot.victim);
    shots.push(fleet.kill(shot.victim, shot.downMs));
  };
  return {
    killed,
    counts: () => {
      const counts: Kills = { api: 0, worker: 0, temporal: 0, postgres: 0 };
      for (const victim of killed) counts[victim] += 1;
      return counts;
    },
    onAct: () => {
      acts += 1;
      if (acts % actsBetween === 0) shoot();
    },
    cease: async () => {
      while (left.length > 0) shoot();
      await Promise.all(shots);
    },
  };
}

function inAnyOrder(random: Random, kills: Kills): { victim: Victim; downMs: number }[] {
  const all = Object.entries(kills).flatMap(([victim, times]) => Array<Victim>(times).fill(victim as Victim));
  return all
    .map((victim) => ({ victim, downMs: random.between(0, longestDownMs), order: random.next() }))
    .sort((a, b) => a.order - b.order);
}
