/** Small flows for the engine's tests. Texts do not matter there, so one stands for all. */
import { compile, type Compiled } from './compile.ts';
import { checksumOf } from './views.ts';
import type {
  Approval,
  Cc,
  End,
  Exclusive,
  Flow,
  Inclusive,
  Jump,
  Loop,
  Parallel,
  People,
  ServiceTask,
  Step,
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
export function anExclusive(id: string, when: string, then: Step[], otherwise: Step[]): Exclusive {
  return { id, kind: 'exclusive', title, branches: [{ title, when, steps: then }], otherwise: { steps: otherwise } };
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
export function aTimer(id: string, fields: Partial<Timer> = { in: 'PT1H' }): Timer {
  return { id, kind: 'timer', title, ...fields };
}
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
