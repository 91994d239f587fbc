/** What Temporal keeps of a case: as it lies there, and as it reads with the codec off. */
import type { Temporal } from '../temporal.ts';

interface RawPayload {
  metadata: Record<string, Uint8Array>;
  data: Uint8Array;
}

export async function readPayloads(
  { client, codec }: Temporal,
  caseId: string,
): Promise<{ sealed: Buffer; readable: string }> {
  const { events } = await client.workflow.getHandle(caseId).fetchHistory();
  const payloads = collectPayloads(events).map((payload) => ({ ...payload }));
  const opened = await codec.decode(payloads);
  return {
    sealed: Buffer.concat(payloads.map(({ data }) => Buffer.from(data))),
    readable: opened.map(({ data }) => Buffer.from(data ?? []).toString()).join('\n'),
  };
}

function collectPayloads(value: unknown): RawPayload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) return [value as RawPayload];
  return Object.values(value).flatMap(collectPayloads);
}
