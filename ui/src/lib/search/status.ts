// Where a case stands, in words.
import type { CaseStatus } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';

export const statusTexts: Record<CaseStatus, () => string> = {
  starting: m.status_starting,
  running: m.status_running,
  suspended: m.status_suspended,
  cancelling: m.status_cancelling,
  completed: m.status_completed,
  cancelled: m.status_cancelled,
};
