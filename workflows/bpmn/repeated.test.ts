import { expect, it } from 'vitest';
import { perform } from './walk/acts.ts';
import { deploy } from './walk/deployed.ts';
import { World } from './walk/world.ts';

const fileOf = (cardinality: number): string =>
  `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><userTask id="a">
    <multiInstanceLoopCharacteristics><loopCardinality>${String(cardinality)}</loopCardinality></multiInstanceLoopCharacteristics>
  </userTask></process></definitions>`;

it.each([
  [300, 300],
  [600, 500],
])('of %i parallel instances %i are begun at once', async (cardinality, begun) => {
  const deployed = await deploy([fileOf(cardinality)]);
  const world = deployed.ok ? new World(deployed.deployment) : null;

  expect(world && perform(world, 'start')).toHaveLength(begun);
  expect(world && perform(world, 'complete a')).toHaveLength(Math.min(cardinality - 1, begun));
});
