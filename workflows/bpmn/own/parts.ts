/** Properties put together again: those of the extension, with the sequences that the graph says in their places. */
import type { Details } from '../extension.ts';

/** `undefined` leaves a property out. What the extension does not have comes last. */
export function withParts(details: Details, parts: Details): Details {
  const kept = Object.entries(details).map(([name, value]) => [name, Object.hasOwn(parts, name) ? parts[name] : value]);
  const added = Object.entries(parts).filter(([name]) => !Object.hasOwn(details, name));
  return Object.fromEntries([...kept, ...added].filter(([, value]) => value !== undefined)) as Details;
}

/** No handlers are no property, unless an empty list was written. */
export function onPart(details: Details, handlers: object[]): Details {
  const isWritten = Array.isArray(details.on);
  return 'on' in details || handlers.length > 0 ? { on: handlers.length > 0 || isWritten ? handlers : undefined } : {};
}
