/** A case that goes on and on stops where it is; a retry lets it go on for as long again. */
export const OVER_BUDGET = { code: 'step_budget', detail: {}, resume: { do: 'open' as const } };
