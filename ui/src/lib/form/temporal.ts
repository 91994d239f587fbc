// Stands in for `temporal-polyfill` in what the browser loads (vite.config.ts). FEEL reckons with Temporal; browsers that bring it
// are spared 60 kB, the others fetch them with the first form.
import type { Temporal as Polyfill } from 'temporal-polyfill/implementation';

const native = (globalThis as { Temporal?: typeof Polyfill }).Temporal;

export const Temporal = native ?? (await import('temporal-polyfill/implementation')).Temporal;
