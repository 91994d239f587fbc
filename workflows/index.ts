/** What the worker bundles: the one workflow that runs every flow. */
export { default } from './case.ts';
