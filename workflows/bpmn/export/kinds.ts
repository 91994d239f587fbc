/** Each kind of step as the element of BPMN that says the same. Exhaustive by its type: a kind that is missing here does not compile. */
import type { Inclusive, Parallel, Race, Sequence, Step, Exclusive } from '../../engine/flow.gen.ts';
import type { StepByKind } from '../../engine/tree.ts';
import type { Element } from '../element.ts';
import { arrowTo, say } from '../words.ts';
import { activityForm, box, eventForm, gatewayForm, type Attached, type Box } from './drawing.ts';
import { caught, error, escalation, link, thrown, timer } from './events.ts';
import { associated, boundary, eventSubProcess, expanded, host, wrapped } from './host.ts';
import { resources } from './people.ts';
import { drawBody, drawFork, drawSequence, newLevel, type Branch } from './sequence.ts';
import { processId, type Around, type Drawn, type Level, type Writing } from './writing.ts';

type Maker<S> = (writing: Writing, step: S, around: Around) => Drawn;

const MAKERS: { [K in keyof StepByKind]: Maker<StepByKind[K]> } = {
  userTask: (writing, step, around) =>
    activity(writing, 'UserTask', { step, around }, resources(writing, step.people.assign)),
  approval: (writing, step, around) =>
    activity(writing, 'UserTask', { step, around }, resources(writing, step.people.assign)),
  cc: (writing, step, around) =>
    activity(writing, 'SendTask', { step, around }, resources(writing, step.people.assign)),
  serviceTask: (writing, step, around) =>
    activity(writing, 'ServiceTask', { step, around }, { implementation: step.activity }),
  receive: (writing, step, around) =>
    activity(writing, 'ReceiveTask', { step, around }, { messageRef: writing.root('Message', step.message) }),
  callActivity: (writing, step, around) =>
    activity(
      writing,
      'CallActivity',
      { step, around },
      typeof step.flow === 'string' ? { calledElement: processId(step.flow) } : {},
    ),
  timer: (writing, step, around) =>
    wrapped(writing, step, around, ({ level }) =>
      event(writing, 'IntermediateCatchEvent', { step, level }, { eventDefinitions: [timer(writing, step)] }),
    ),
  throw: (writing, step, { level }) =>
    event(writing, 'IntermediateThrowEvent', { step, level }, { eventDefinitions: [thrown(writing, step)] }),
  race: (writing, step, around) => wrapped(writing, step, around, (inside) => race(writing, step, inside)),
  exclusive: (writing, step, around) => choice(writing, step, around, around),
  inclusive: (writing, step, around) => wrapped(writing, step, around, (inside) => inclusive(writing, step, inside)),
  parallel: (writing, step, around) => wrapped(writing, step, around, (inside) => parallel(writing, step, inside)),
  loop: (writing, step, around) => {
    const loopCondition = writing.expression(`not(${step.until})`);
    const loop = { loopCondition, loopMaximum: step.max };
    return repeated(writing, step, around, writing.create('bpmn:StandardLoopCharacteristics', loop));
  },
  forEach: (writing, step, around) => {
    const { id, list, as, mode, until } = step;
    const each = {
      loopCardinality: writing.expression(`count(${list})`),
      inputDataItem: writing.create('bpmn:DataInput', { id: writing.ids.claim(`${id}-item`), name: as }),
      ...(mode === 'sequential' ? { isSequential: true } : {}),
      ...(until === undefined ? {} : { completionCondition: writing.expression(until) }),
    };
    return repeated(writing, step, around, writing.create('bpmn:MultiInstanceLoopCharacteristics', each));
  },
  subProcess: (writing, step, { level: outer }) => {
    const { id, steps, on = [] } = step;
    const mark = writing.mark('Step', step);
    const type = PASSED[writing.typeOf(id) ?? ''];
    if (type && steps.length === 0 && on.length === 0)
      return alone(box(node(writing, outer, type, { step, mark }), activityForm()), mark);
    const element = node(writing, outer, 'SubProcess', { step, mark });
    const level = newLevel(outer);
    const body = drawBody(
      writing,
      { level, id },
      drawSequence(writing, steps, { level, passes: false, together: null }),
    );
    body.below = on.map((handler) => eventSubProcess(writing, level, handler));
    return alone(expanded(element, level, body), mark);
  },
  jump,
  end,
};

/** What nobody reports is an empty sub-process here. */
const PASSED: Record<string, string> = { task: 'Task', manualTask: 'ManualTask' };

export function drawStep(writing: Writing, step: Step, around: Around): Drawn {
  return makerOf(step.kind)(writing, step, around);
}

function makerOf<K extends keyof StepByKind>(kind: K): Maker<StepByKind[K]> {
  return MAKERS[kind];
}

// ---------------------------------------------------------------------------------------------- activities and events

interface Naming {
  step: Step;
  mark: Element;
}

function node(
  writing: Writing,
  level: Level,
  type: string,
  { step, mark, ...fields }: Naming & Record<string, unknown>,
): Element {
  const name = say('title', step, writing.language) ?? '';
  const guide = writing.documentation(say('guide', step, writing.language));
  return writing.node(level, type, { id: step.id, name, mark, ...guide, ...fields });
}

function alone(on: Box, mark: Element): Drawn {
  return { piece: { is: 'box', box: on }, entry: on, exit: on, mark };
}

type Acting = Extract<Step, { kind: 'userTask' | 'approval' | 'cc' | 'serviceTask' | 'callActivity' | 'receive' }>;

function activity(
  writing: Writing,
  type: string,
  { step, around }: { step: Acting; around: Around },
  fields: object,
): Drawn {
  const mark = writing.mark('Step', step);
  const on = box(node(writing, around.level, type, { step, mark, ...fields }), activityForm());
  const undo = step.kind === 'serviceTask' && step.compensate ? { undo: undoing(writing, around.level, on, step) } : {};
  const handlers = 'on' in step ? (step.on ?? []) : [];
  return host(writing, around, { id: step.id, box: on, mark, handlers, escapes: [], ...undo });
}

/** What undoes it hangs on it by an association: no token goes there. */
function undoing(writing: Writing, level: Level, on: Box, step: StepByKind['serviceTask']): Attached {
  const mark = writing.part('undo', step.id);
  const event = boundary(writing, level, on, {
    id: `${step.id}-undo`,
    mark,
    eventDefinitions: [writing.create('bpmn:CompensateEventDefinition')],
  });
  const does = writing.language === 'en' ? 'Undo: ' : '撤销：';
  const task = writing.node(level, 'ServiceTask', {
    id: `${step.id}-undoing`,
    name: does + (say('title', step, writing.language) ?? step.id),
    mark: writing.part('undo', step.id),
    isForCompensation: true,
    ...(step.compensate ? { implementation: step.compensate.activity } : {}),
  });
  return associated(writing, level, event, box(task, activityForm()));
}

function event(writing: Writing, type: string, { step, level }: { step: Step; level: Level }, fields: object): Drawn {
  const mark = writing.mark('Step', step);
  const element = node(writing, level, type, { step, mark, ...fields });
  return alone(box(element, eventForm(element.name ?? '')), mark);
}

/** The inside of a sub-process, which BPMN does again and again. */
function repeated(
  writing: Writing,
  step: StepByKind['loop'] | StepByKind['forEach'],
  around: Around,
  loopCharacteristics: Element,
): Drawn {
  const { id, steps, on: handlers = [] } = step;
  const mark = writing.mark('Step', step);
  const element = node(writing, around.level, 'SubProcess', { step, mark, loopCharacteristics });
  const level = newLevel(around.level);
  const body = drawBody(writing, { level, id }, drawSequence(writing, steps, { level, passes: false, together: null }));
  const on = expanded(element, level, body);
  return host(writing, around, { id, box: on, mark, handlers, escapes: level.escapes });
}

// ---------------------------------------------------------------------------------------------- branches

/** What its branches are within. */
type Inside = Omit<Around, 'row'>;

function gateway(writing: Writing, type: string, step: Step, level: Level): { from: Box; mark: Element } {
  const mark = writing.mark('Step', step);
  const element = node(writing, level, type, { step, mark });
  return { from: box(element, gatewayForm(element.name ?? '')), mark };
}

/** Where the branches of a step come together. */
function join(writing: Writing, { level }: Around, step: Step, [type, fields]: [string, object?]): () => Element {
  return () => writing.node(level, type, { id: `${step.id}-join`, mark: writing.part('join', step.id), ...fields });
}

function choice(writing: Writing, step: Exclusive | Inclusive, around: Around, inside: Inside): Drawn {
  const type = step.kind === 'exclusive' ? 'ExclusiveGateway' : 'InclusiveGateway';
  const fork = gateway(writing, type, step, around.level);
  const branches: Branch[] = step.branches.map((branch) => ({
    ...branchOf(writing, branch, inside),
    fields: { ...fieldsOf(writing, branch), conditionExpression: writing.expression(branch.when) },
  }));
  branches.push({ ...branchOf(writing, step.otherwise, inside), isDefault: true });
  return drawFork(writing, around, { ...fork, branches, join: join(writing, around, step, [type]) });
}

function inclusive(writing: Writing, step: Inclusive, around: Around): Drawn {
  return choice(writing, step, around, { level: around.level, passes: true, together: { endsEarly: false } });
}

function parallel(writing: Writing, step: Parallel, around: Around): Drawn {
  const fork = gateway(writing, 'ParallelGateway', step, around.level);
  const together = { endsEarly: false };
  const inside = { level: around.level, passes: true, together };
  const branches = step.branches.map((branch) => branchOf(writing, branch, inside));
  return drawFork(writing, around, {
    ...fork,
    branches,
    join: join(writing, around, step, joinOf(writing, step, together)),
  });
}

/** A parallel gateway would wait for a branch that has ended for ever; an inclusive one knows that nothing comes any more. */
function joinOf(writing: Writing, step: Parallel, { endsEarly }: { endsEarly: boolean }): [string, object?] {
  const { join: needed = 'all' } = step;
  if (needed === 'all') return [endsEarly ? 'InclusiveGateway' : 'ParallelGateway'];
  const count = needed === 'any' ? 1 : needed;
  return ['ComplexGateway', { activationCondition: writing.expression(`done >= ${count}`) }];
}

interface BranchOf {
  title?: { 'zh-CN': string; en: string };
  steps: Sequence;
}

function branchOf(writing: Writing, branch: BranchOf, inside: Inside): Branch {
  return { sequenced: drawSequence(writing, branch.steps, inside), fields: fieldsOf(writing, branch) };
}

function fieldsOf(writing: Writing, branch: BranchOf): { name: string; mark: Element } {
  return { name: writing.text(branch.title) ?? '', mark: writing.mark('Branch', branch) };
}

/** Its branches begin with the events that it waits for. */
function race(writing: Writing, step: Race, around: Around): Drawn {
  const { level } = around;
  const fork = gateway(writing, 'EventBasedGateway', step, level);
  const branches = step.branches.map((branch, index): Branch => {
    const element = writing.node(level, 'IntermediateCatchEvent', {
      id: `${step.id}-${index + 1}`,
      name: writing.text(branch.title) ?? '',
      mark: writing.mark('Branch', branch),
      eventDefinitions: [caught(writing, branch.wait)],
    });
    const first = box(element, eventForm(element.name ?? ''));
    const { row, entry, exit, isOpen } = drawSequence(writing, branch.steps, around);
    if (entry) writing.flow(level, { from: first, to: entry, row });
    row.pieces.unshift({ is: 'box', box: first });
    return { sequenced: { row, entry: first, exit: entry ? exit : first, isOpen }, fields: {} };
  });
  return drawFork(writing, around, { ...fork, branches, join: join(writing, around, step, ['ExclusiveGateway']) });
}

// ---------------------------------------------------------------------------------------------- ways

function jump(writing: Writing, step: StepByKind['jump'], { level }: Around): Drawn {
  const { id, to } = step;
  const mark = writing.mark('Step', step);
  const name = writing.text(step.title) ?? arrowTo(writing.titleOf(to));
  const outer = writing.levels.get(to) ?? level;
  const isHere = outer === level;
  const definition = isHere ? link(writing, to) : escalation(writing, `jump-${id}`);
  if (!isHere) borderOf(level, outer)?.escapes.push({ step: id, to, code: `jump-${id}` });
  const element = writing.node(level, isHere ? 'IntermediateThrowEvent' : 'EndEvent', {
    id,
    name,
    mark,
    eventDefinitions: [definition],
  });
  return { ...alone(box(element, eventForm(element.name ?? '')), mark), exit: null };
}

/** Of the levels around one the last before another. */
function borderOf(level: Level, outer: Level): Level | null {
  let border: Level | null = level;
  while (border && border.parent !== outer) border = border.parent;
  return border;
}

/** BPMN's end events end a token or a whole sub-process; a branch that comes to its join anyway just goes on. */
function end(writing: Writing, step: StepByKind['end'], { level, passes, together }: Around): Drawn {
  const { ends = 'case', outcome } = step;
  if (ends === 'branch' && passes && together) return event(writing, 'IntermediateThrowEvent', { step, level }, {});
  if (ends === 'branch' && together) together.endsEarly = true;
  const definitions = {
    branch: () => [],
    case: () => [writing.create('bpmn:TerminateEventDefinition')],
    scope: () => [writing.create('bpmn:TerminateEventDefinition')],
    error: () => [error(writing, [outcome])],
  };
  return { ...event(writing, 'EndEvent', { step, level }, { eventDefinitions: definitions[ends]() }), exit: null };
}
