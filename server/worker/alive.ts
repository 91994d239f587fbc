/**
 * Says every few seconds that an activity is at work. A process that is killed says nothing: Temporal has another one do it after the
 * heartbeat timeout (workflows/shell/effects.ts), and not after the time that the longest of them may take.
 */
const everyMs = 5_000;

export async function whileAlive<T>(heartbeat: () => void, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(heartbeat, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
