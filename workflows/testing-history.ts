/**
 * Histories as JSON files and back. The SDK's own `historyToJSON` needs a single copy of protobufjs in node_modules, which the tree
 * of @grpc/proto-loader (protobufjs 7) prevents; Temporal's generated message types need nothing.
 */
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
export type History = proto.temporal.api.history.v1.IHistory;

/** Enums by name, 64-bit numbers as text, bytes as base64; the machine that recorded it is left out. */
export function historyToText(history: History): string {
  const plain = History.toObject(History.fromObject(history), { enums: String, longs: String, bytes: String });
  return JSON.stringify(plain, null, 2).replace(/"\d+@[^"]+"/g, '"recorder"');
}

export function historyFromText(text: string): History {
  return History.fromObject(JSON.parse(text) as Record<string, unknown>);
}

/** The text with its payloads decoded: what a codec would otherwise hide. */
export function readablePayloads(text: string): string {
  return text.replace(/"data": "([^"]+)"/g, (_all, data: string) => Buffer.from(data, 'base64').toString('utf8'));
}
