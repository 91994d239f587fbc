/** One way to run a two-step errand; each step ends when the next task's row is in Postgres. */
export interface Running {
  /** Of the case and of its workflow. */
  id: string;
  task: string;
}
export interface Contender {
  name: string;
  start(): Promise<Running>;
  /** From the first task to the second. */
  first(running: Running): Promise<Running>;
  /** From the second task to the end. */
  second(running: Running): Promise<void>;
  stop(): Promise<void>;
}
