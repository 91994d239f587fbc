// The shape of a live hint and whom it concerns. Unknown kinds are let through: a newer server may say more.
export interface Hint {
  /** e.g. task_created, task_changed, task_gone, case_changed, notification_created, resync */
  kind: string;
  id?: string;
  caseId?: string;
  taskId?: string;
}

export function isHint(value: unknown): value is Hint {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

/** True when what is shown for this case may have changed. */
export function touchesCase(hint: Hint, caseId: string): boolean {
  return hint.kind === 'resync' || hint.caseId === caseId || (hint.kind.startsWith('case') && hint.id === caseId);
}

/** True when a list of tasks may have changed. */
export function touchesTasks(hint: Hint): boolean {
  return hint.kind === 'resync' || hint.kind.startsWith('task');
}
