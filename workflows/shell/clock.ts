/** The only clock of the case: in the sandbox `Date.now()` is the time of the workflow task, the same on every replay. */
export function now(): number {
  return Date.now();
}
