/** Small flows for the engine's tests. Texts do not matter there, so one stands for all. */
import { compile, type Compiled } from './compile.ts';
import { checksumOf } from './views.ts';
import type {
  Approval,
  CallActivity,
  Cc,
  End,
  Exclusive,
  Flow,
  ForEach,
  Inclusive,
  Jump,
  Loop,
  Handler,
  Parallel,
  People,
  Race,
  Receive,
  ServiceTask,
  Step,
  SubProcess,
  Throw,
  Timer,
  UserTask,
} from './flow.gen.ts';
import type { LoadedFlow } from './types.ts';

const title = { 'zh-CN': '步骤', en: 'Step' };
const initiator: People = { assign: { rule: 'initiator' } };

export function aFlow(steps: Step[], fields: Partial<Flow> = {}): Flow {
  return { key: 'test', title, form: 'test', start: { who: ['staff'], fields: {} }, steps, ...fields };
}
export function aUserTask(id: string, fields: Partial<UserTask> = {}): UserTask {
  return { id, kind: 'userTask', title, people: initiator, ...fields };
}
export function anApproval(id: string, fields: Partial<Approval> = {}): Approval {
  return { id, kind: 'approval', title, mode: 'any', people: initiator, ...fields };
}
export function aCc(id: string, fields: Partial<Cc> = {}): Cc {
  return { id, kind: 'cc', title, people: initiator, ...fields };
}
export function aServiceTask(id: string, fields: Partial<ServiceTask> = {}): ServiceTask {
  return {
    id,
    kind: 'serviceTask',
    title,
    activity: 'notify',
    ...(fields.compensate ? {} : { again: 'run' }),
    ...fields,
  };
}
export function aCallActivity(id: string, fields: Partial<CallActivity> = {}): CallActivity {
  return { id, kind: 'callActivity', title, flow: 'child', again: 'run', ...fields };
}
/** `otherwise` null: nothing is said for when the condition does not hold. */
export function anExclusive(id: string, when: string, then: Step[], otherwise: Step[] | null): Exclusive {
  const rest = otherwise && { otherwise: { steps: otherwise } };
  return { id, kind: 'exclusive', title, branches: [{ title, when, steps: then }], ...rest };
}
export function anInclusive(id: string, branches: [string, Step[]][], otherwise: Step[] = []): Inclusive {
  const given = branches.map(([when, steps]) => ({ title, when, steps }));
  return { id, kind: 'inclusive', title, branches: given, otherwise: { steps: otherwise } };
}
export function aParallel(id: string, branches: Step[][], fields: Partial<Parallel> = {}): Parallel {
  return { id, kind: 'parallel', title, branches: branches.map((steps) => ({ title, steps })), ...fields };
}
export function aLoop(id: string, until: string, steps: Step[], max = 3): Loop {
  return { id, kind: 'loop', title, until, steps, max };
}
export function aForEach(id: string, steps: Step[], fields: Partial<ForEach> = {}): ForEach {
  return { id, kind: 'forEach', title, list: 'lines', as: 'line', steps, ...fields };
}
export function aTimer(id: string, fields: Partial<Timer> = { in: 'PT1H' }): Timer {
  return { id, kind: 'timer', title, ...fields };
}
export function aReceive(id: string, fields: Partial<Receive> = {}): Receive {
  return { id, kind: 'receive', title, message: 'paid', key: '"k1"', ...fields };
}
export function aRace(
  id: string,
  branches: [Race['branches'][number]['wait'], Step[]][],
  fields: Partial<Race> = {},
): Race {
  return { id, kind: 'race', title, branches: branches.map(([wait, steps]) => ({ title, wait, steps })), ...fields };
}
/** What it sends: an escalation by its code, a message or signal by its name. */
export function aThrow(
  id: string,
  sent:
    { escalation: string } | { signal: string } | { message: string; key: string } | { compensation: string | null },
): Throw {
  const step = { id, kind: 'throw' as const, title };
  if ('compensation' in sent)
    return { ...step, send: 'compensation', ...(sent.compensation === null ? {} : { of: sent.compensation }) };
  if ('escalation' in sent) return { ...step, send: 'escalation', code: sent.escalation };
  return 'signal' in sent
    ? { ...step, send: 'signal', name: sent.signal }
    : { ...step, send: 'message', name: sent.message, key: sent.key };
}
export function aSubProcess(id: string, steps: Step[], on: Handler[] = []): SubProcess {
  return { id, kind: 'subProcess', title, steps, ...(on.length > 0 ? { on } : {}) };
}
/** A handler by what it catches. */
export function aHandler(id: string, catching: HandlerBody, steps: Step[]): Handler {
  return { id, steps, ...catching };
}
type HandlerBody = Handler extends infer H ? (H extends Handler ? Omit<H, 'id' | 'steps'> : never) : never;
export function aJump(id: string, to: string): Jump {
  return { id, kind: 'jump', to };
}
export function anEnd(id: string, outcome: string, fields: Partial<End> = {}): End {
  return { id, kind: 'end', outcome, ...fields };
}

/** The flow as the server would load it; its text stands for the hash. */
export function load(flow: Flow, fields: Partial<LoadedFlow> = {}): LoadedFlow {
  const sha256 = checksumOf([JSON.stringify([flow, fields])]);
  return { key: flow.key, version: 1, sha256, definition: flow, formulas: {}, ...fields };
}
export function compileSteps(steps: Step[], fields: Partial<LoadedFlow> = {}): Compiled {
  return compile(load(aFlow(steps), fields));
}
