// What whoever submits asks of a form on screen.
export interface FormChecks {
  /** False, with the faults shown and the first one in view, when something must be put right. */
  validate: () => boolean;
  /** How many photos are on their way. */
  uploading: () => number;
  /** Waits for them; false, with the fault shown, when one did not get through. */
  settled: () => Promise<boolean>;
}
