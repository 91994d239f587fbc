import { expect, it } from 'vitest';
import { requireVerb } from './may.ts';

const holding =
  (...may: string[]) =>
  () =>
    Promise.resolve({ me: { may } });

it.each(['overview.read', '*', 'overview.read:repair'])('opens a page to whoever holds %s', async (held) => {
  await expect(requireVerb(holding('case.read', held), 'overview.read')).resolves.toBeUndefined();
});

it('says to everybody else that they may not', async () => {
  await expect(requireVerb(holding('case.read'), 'overview.read')).rejects.toMatchObject({ status: 403 });
});
