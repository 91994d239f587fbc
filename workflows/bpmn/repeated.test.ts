import { expect, it } from 'vitest';
import { check } from '../engine/check.ts';
import { importBpmn } from './import.ts';
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

it.each([
  ['a variable of their own', ' camunda:collection="people" camunda:elementVariable="person"', ['people']],
  ['no name, one in the other', '><loopCardinality>2</loopCardinality', []],
])('items have %s, which is no field of the record', async (_, loop, fields) => {
  const each = `<multiInstanceLoopCharacteristics${loop}></multiInstanceLoopCharacteristics>`;
  const task = `<userTask id="a" camunda:assignee="\${person}">${each}</userTask>`;
  const result = await importBpmn(
    `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="p">${
      fields.length > 0 ? task : `<subProcess id="sub">${task.replace('${person}', '')}${each}</subProcess>`
    }</process></definitions>`,
  );
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  const [only] = result.flows;
  const form = Object.fromEntries((only?.fields ?? []).map((field) => [field, { type: 'subTable' }]));
  const context = { fields: form, roles: ['staff'], calendars: [], activities: {} };

  expect(only?.fields).toEqual(fields);
  // Who does it when nobody is found is for whoever edits the draft.
  const codes = only && check(only.flow, context).map(({ code }) => code);
  expect(codes).toEqual(['empty_policy_missing']);
});
