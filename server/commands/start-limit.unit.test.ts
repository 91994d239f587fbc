import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Decider } from './may-decide.ts';
import { limitStarts } from './start-limit.ts';

const aPerson = (...roles: string[]): Decider => ({
  id: randomUUID(),
  grants: roles.map((role) => ({ role, community: null, may: [] })),
});
/** How many of 25 starts pass. */
function startsOf(person: Decider): number {
  let passed = 0;
  for (let i = 0; i < 25; i++) {
    try {
      limitStarts(person);
      passed += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: 'rate_limited', status: 429 });
    }
  }
  return passed;
}

it('lets residents start twenty cases a minute, each for themselves', () => {
  expect([startsOf(aPerson('owner')), startsOf(aPerson('tenant', 'owner')), startsOf(aPerson())]).toEqual([20, 20, 20]);
});

it('does not slow the staff down, residents or not', () => {
  expect([startsOf(aPerson('dispatcher')), startsOf(aPerson('owner', 'staff'))]).toEqual([25, 25]);
});
