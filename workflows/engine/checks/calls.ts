/** callActivity: what is called is there, gets what its start needs, and gives what is asked of it; as far as the flows are known. */
import type { Checking } from '../check.ts';
import { prepare } from '../feel-syntax.ts';
import type { CallActivity } from '../flow.gen.ts';

/** What a mapping sees of a case that is over, beside its record. */
const OF_CHILD = ['outcome', 'number'];

export function checkCalls(checking: Checking): void {
  for (const { step } of checking.visits) if (step.kind === 'callActivity') checkCall(checking, step);
}

function checkCall(checking: Checking, step: CallActivity): void {
  const { context, report } = checking;
  const { id, flow } = step;
  // One that an expression gives is known when the case comes to it.
  const known = typeof flow === 'string' && context.flows;
  const called = known && Object.hasOwn(known, flow) ? known[flow] : undefined;
  if (known && !called) report(id, 'flow', 'unknown_flow', { flow });
  if (called) checkTaken(checking, step, called);
  checkGiven(checking, step, called);
}

function checkGiven({ report }: Checking, { id, wait, output = {} }: CallActivity, called: Called | undefined): void {
  const texts = Object.entries(output);
  if (wait === false && texts.length > 0) report(id, 'output', 'call_output_unwaited');
  for (const [field, text] of texts) {
    const result = prepare(text, called ? [...called.gives, ...OF_CHILD] : null);
    if (!result.ok) report(id, `output.${field}`, result.problem.code, result.problem.params);
  }
}

type Called = NonNullable<Checking['context']['flows']>[string];

/** A start that would be refused stops every case. */
function checkTaken({ report }: Checking, { id, flow, input = {} }: CallActivity, { takes, needs }: Called): void {
  for (const name of needs.filter((each) => !Object.hasOwn(input, each)))
    report(id, `input.${name}`, 'call_input_missing', { flow, name });
  for (const name of Object.keys(input).filter((each) => !takes.includes(each)))
    report(id, `input.${name}`, 'call_input_unknown', { flow, name });
}
