/**
 * What a step lets the doer do with each field, and the buttons it has: the step's own permissions with an action's overrides on top.
 * The server merges only what this says may be written, whatever the client sends (design.md section 3).
 */
import type { Action, Step, Text } from '../../workflows/engine/flow.gen.ts';
import type { CompiledForm, Permissions } from '../../forms/types.ts';

export type HumanStep = Extract<Step, { kind: 'userTask' | 'approval' }>;

const texts: Record<'done' | 'approved' | 'rejected', Text> = {
  done: { 'zh-CN': '完成', en: 'Done' },
  approved: { 'zh-CN': '同意', en: 'Approve' },
  rejected: { 'zh-CN': '拒绝', en: 'Reject' },
};
const defaults: Record<HumanStep['kind'], Action[]> = {
  userTask: [{ outcome: 'done', label: texts.done, intent: 'primary' }],
  approval: [
    { outcome: 'approved', label: texts.approved, intent: 'primary' },
    { outcome: 'rejected', label: texts.rejected, intent: 'danger', comment: 'required' },
  ],
};

export function actionsOf(step: HumanStep): Action[] {
  return step.actions ?? defaults[step.kind];
}

export function isHumanStep(step: Step | undefined): step is HumanStep {
  return step?.kind === 'userTask' || step?.kind === 'approval';
}

/** Every field of the form by name; one the step does not name is `read`. */
export function permissionsOf(form: CompiledForm, own: Permissions | undefined, action?: Permissions): Permissions {
  const names = form.fields.map(({ name }) => [name, action?.[name] ?? own?.[name] ?? 'read'] as const);
  return Object.fromEntries(names);
}
