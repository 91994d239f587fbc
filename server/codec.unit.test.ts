/** Rule 15: nothing readable leaves, the key id says which key, a missing key is known by name. */
import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, it } from 'vitest';
import { createCodec, MissingCodecKeyError } from './codec.ts';

const oldKey = { id: '2026-01', key: randomBytes(32) };
const newKey = { id: '2026-11', key: randomBytes(32) };
const payloadOf = (value: unknown) => defaultPayloadConverter.toPayload(value);

it('rule 15: a payload comes back as it went in, and shows nothing on the way', async () => {
  const codec = createCodec([newKey]);
  for (const value of [{ reason: '王小明家漏水' }, { reason: '漏水'.repeat(2000) }]) {
    const [sealed] = await codec.encode([payloadOf(value)]);
    const wire = Buffer.concat([
      Buffer.from(sealed!.data!),
      ...Object.values(sealed!.metadata!).map((m) => Buffer.from(m)),
    ]);

    expect(wire.includes('漏水')).toBe(false);
    const [opened] = await codec.decode([sealed!]);
    expect(defaultPayloadConverter.fromPayload(opened!)).toEqual(value);
  }
});

it('rule 15: a big payload is compressed before it is encrypted', async () => {
  const [sealed] = await createCodec([newKey]).encode([payloadOf('漏水'.repeat(5000))]);

  expect(sealed!.data!.length).toBeLessThan(500);
});

it('rule 15: an older key still opens what it closed, after another has taken its place', async () => {
  const sealed = await createCodec([oldKey]).encode([payloadOf(1)]);
  const [opened] = await createCodec([newKey, oldKey]).decode(sealed);

  expect(defaultPayloadConverter.fromPayload(opened!)).toBe(1);
});

it('rule 15: a missing key is an error that names it, and stays known', async () => {
  const sealed = await createCodec([oldKey]).encode([payloadOf(1)]);
  const codec = createCodec([newKey]);

  await expect(codec.decode(sealed)).rejects.toThrow(MissingCodecKeyError);
  expect(codec.missingKeys()).toEqual(['2026-01']);
});

it('rule 15: a changed payload is refused', async () => {
  const codec = createCodec([newKey]);
  const [sealed] = await codec.encode([payloadOf({ amount: '10.00' })]);
  const data = Uint8Array.from(sealed!.data!);
  data[data.length - 1]! ^= 1;

  await expect(codec.decode([{ ...sealed!, data }])).rejects.toThrow();
});
