/** What the product and its build are to see of the environment of a test run. */

/** Without the tests' own settings: with NODE_ENV=test the pages would be built for development. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(GUANJIA_|DATABASE_|TEMPORAL_|VITEST|NODE_ENV$|PORT$|HOST$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
