/** True where a finger points: there the system's own pickers are better than ours. */
export function isTouch(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
