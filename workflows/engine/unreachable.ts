/** Closes an exhaustive switch: a new kind that no case handles fails to compile instead of silently doing nothing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** For what earlier code has made sure of: a broken invariant says which, and becomes an incident in the shell. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`missing ${what}`);
  return value;
}
