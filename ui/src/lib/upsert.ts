// Lists that grow by pages and change by hints keep each row once.

interface Row {
  id: string;
}

/** The rows of `next` replace those with the same id in place; new ones go to the end in their order. */
export function upsertById<T extends Row>(list: readonly T[], next: readonly T[]): T[] {
  const fresh = new Map(next.map((row) => [row.id, row]));
  const merged = list.map((row) => fresh.get(row.id) ?? row);
  const known = new Set(list.map((row) => row.id));
  return [...merged, ...next.filter((row, at) => !known.has(row.id) && next.findIndex((r) => r.id === row.id) === at)];
}

export function removeById<T extends Row>(list: readonly T[], id: string): T[] {
  return list.filter((row) => row.id !== id);
}

/** Ids of `next` that `list` does not hold. */
export function newIds<T extends Row>(list: readonly T[], next: readonly T[]): string[] {
  const known = new Set(list.map((row) => row.id));
  return next.filter((row) => !known.has(row.id)).map((row) => row.id);
}
