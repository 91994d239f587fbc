/** Fields that steps name outside expressions: they must be in the form, and be writable where a step writes them. */
import { handlersOn } from '../catching.ts';
import type { Checking } from '../check.ts';
import type { Flow, Permissions, Step } from '../flow.gen.ts';
import { isHuman } from '../tree.ts';
import type { StepId } from '../types.ts';

export function checkFields(checking: Checking): void {
  const { flow, visits } = checking;
  checkPermissions(checking, { step: null, property: 'start.fields', permissions: flow.start.fields });
  checkNames(checking, { step: null, property: 'summary', names: flow.summary });
  checkCaught(checking, null, flow);
  for (const { step } of visits) checkStepFields(checking, step);
}

function checkStepFields(checking: Checking, step: Step): void {
  if ('output' in step) checkOutput(checking, { step: step.id, property: 'output' }, step.output);
  checkCaught(checking, step.id, step);
  if (!isHuman(step)) return;
  checkPermissions(checking, { step: step.id, property: 'fields', permissions: step.fields });
  checkNames(checking, { step: step.id, property: 'summary', names: step.summary });
  for (const [index, action] of (step.actions ?? []).entries())
    checkPermissions(checking, { step: step.id, property: `actions.${index}.fields`, permissions: action.fields });
}

interface Permitted {
  step: StepId | null;
  property: string;
  permissions: Permissions | undefined;
}

function checkPermissions({ context, report }: Checking, { step, property, permissions = {} }: Permitted): void {
  for (const [name, permission] of Object.entries(permissions)) {
    const field = context.fields[name];
    const writes = permission === 'edit' || permission === 'required';
    if (!field) report(step, `${property}.${name}`, 'unknown_field', { field: name });
    else if (writes && isComputed(field)) report(step, `${property}.${name}`, 'field_not_writable', { field: name });
  }
}

function isComputed({ formula, readOnly }: Checking['context']['fields'][string]): boolean {
  return readOnly === true || formula !== undefined;
}

interface Named {
  step: StepId | null;
  property: string;
  names: string[] | undefined;
}

function checkNames({ context, report }: Checking, { step, property, names = [] }: Named): void {
  for (const [index, name] of names.entries()) {
    if (!context.fields[name]) report(step, `${property}.${index}`, 'unknown_field', { field: name });
  }
}

/** What handlers and the branches of a race write of what comes in. */
function checkCaught(checking: Checking, step: StepId | null, owner: Flow | Step): void {
  for (const [index, { handler }] of handlersOn(owner).entries())
    if ('output' in handler) checkOutput(checking, { step, property: `on.${index}.output` }, handler.output);
  if (!('kind' in owner) || owner.kind !== 'race') return;
  for (const [index, { wait }] of owner.branches.entries())
    if ('output' in wait) checkOutput(checking, { step, property: `branches.${index}.wait.output` }, wait.output);
}

type Place = Pick<Named, 'step' | 'property'>;

function checkOutput(
  { context, report }: Checking,
  { step, property }: Place,
  output: Record<string, string> = {},
): void {
  for (const name of Object.keys(output)) {
    const field = context.fields[name];
    if (!field) report(step, `${property}.${name}`, 'unknown_field', { field: name });
    else if (isComputed(field)) report(step, `${property}.${name}`, 'field_not_writable', { field: name });
  }
}
