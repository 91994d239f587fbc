/** Names of what the engine's types are made of: all of it is JSON. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type PersonId = string;
export type StepId = string;
/** `<case id>-<n>`, n from the case's counter; never reused: return, redo and take-back open new tasks (rule 5). */
export type TaskId = string;
/** Only the fields that the flow's engine expressions mention (`compile` collects them). Money is a decimal string. */
export type Vars = Record<string, Json>;
