/**
 * The one error that people get to see: a machine name, an HTTP status and the values its text needs.
 * Texts live in `ui/messages` by code; the mapping to problem documents is the server's error handler.
 */

/** One bad field of a request: a JSON path (`/fields/phone`), what is wrong, and the values its text needs. */
export interface FieldError {
  path: string;
  code: string;
  params?: Record<string, unknown>;
}

export class AppError extends Error {
  /** `snake_case`, stable: programs and translations depend on it. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  /** Shown to the caller: never personal data the caller may not see. */
  readonly params: Record<string, unknown>;
  readonly errors: readonly FieldError[];

  constructor(code: string, status: number, params: Record<string, unknown> = {}, errors: readonly FieldError[] = []) {
    super(code);
    this.name = 'AppError';
    this.code = code;
    this.status = status;
    this.params = params;
    this.errors = errors;
  }
}
