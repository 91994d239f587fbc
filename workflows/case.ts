/**
 * The Temporal shell: runs every flow. Temporal finds it as the default export for any workflow type, so a case's type is the key
 * of its flow. What it does is written in shell/case-shell.ts; here is only when.
 */
import { CancellationScope, continueAsNew, setHandler } from '@temporalio/workflow';
import {
  callbackSignal,
  checkpointSignal,
  childUpdate,
  commandUpdate,
  entriesQuery,
  messageUpdate,
  modifyPlanQuery,
  returnPlanQuery,
  snapshotQuery,
  type CaseArgs,
  type CaseResult,
  type CommandMessage,
} from './messages.ts';
import { CaseShell, type Carried } from './shell/case-shell.ts';

/** One case from its start command to its end; over several runs when it is long. */
export default async function runCase(args: CaseArgs, carried?: Carried): Promise<CaseResult> {
  const shell = new CaseShell(args, carried);
  setHandler(snapshotQuery, () => shell.snapshot());
  setHandler(entriesQuery, (rev) => shell.entriesFrom(rev));
  setHandler(returnPlanQuery, (wish) => shell.returnPlan(wish));
  setHandler(modifyPlanQuery, (wish) => shell.modifyPlan(wish));
  setHandler(checkpointSignal, () => {
    shell.checkpoint();
  });
  setHandler(callbackSignal, (effect) => {
    shell.calledBack(effect);
  });
  setHandler(commandUpdate, (message) => shell.command(message), {
    validator: (message: CommandMessage) => {
      shell.validate(message);
    },
  });
  setHandler(messageUpdate, (message) => shell.message(message));
  setHandler(childUpdate, (message) => shell.child(message));
  // A case ends by its own command; Temporal's cancellation would leave rows open that nobody closes.
  return CancellationScope.nonCancellable(async () => {
    await shell.load();
    const end = await shell.run();
    if (end === 'full') await continueAsNew<typeof runCase>(shell.nextArgs(), shell.carry());
    return shell.result();
  });
}
