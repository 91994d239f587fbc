// The looks are put together without merging: two classes for one property would leave the winner to the order of the style sheet.
import { expect, it } from 'vitest';
import { badgeLook } from './badge.ts';
import { buttonLook } from './button.ts';
import { fieldLook } from './field.ts';

/** How many classes, without a screen's prefix, set one property. */
function count(look: string, property: RegExp): number {
  return look.split(' ').filter((each) => property.test(each)).length;
}

const buttons = (['sm', 'md', 'lg'] as const).flatMap((size) =>
  (['text', 'icon'] as const).map((shape) => buttonLook({ size, shape })),
);
const fields = (['sm', 'md', 'lg'] as const).flatMap((size) =>
  (['line', 'select'] as const).map((kind) => fieldLook({ size, kind })),
);

it.each([...buttons, ...fields])('has one height, one corner and one size of text: %s', (look) => {
  expect(count(look, /^h-/)).toBe(1);
  expect(count(look, /^rounded-/)).toBe(1);
  expect(count(look, /^text-(sm|base|md)$/)).toBe(1);
});

it('keeps a button with an icon square', () => {
  for (const size of ['sm', 'md', 'lg'] as const) expect(count(buttonLook({ size, shape: 'icon' }), /^px-/)).toBe(0);
});

it('rounds a pill, and only a pill', () => {
  expect(badgeLook({ pill: true })).toMatch(/rounded-full px-2/);
  expect(count(badgeLook({ pill: true }), /^rounded-/)).toBe(1);
  expect(badgeLook()).not.toContain('rounded-full');
});
