/** Tasks: lists, one task, and the acts on it. */
import { Type } from 'typebox';
import { FormDefinition } from '../forms/schemas.ts';
import { Labels } from '../records/schemas.ts';
import { Count, Fields, Instant, nullable, page, Permissions, PersonRef, ProblemPath, Text, Uuid } from '../schema.ts';
import { ChoiceItem, Choices } from '../choice-schemas.ts';
import { Explanation } from './explanation-schemas.ts';
import { ReturnTarget } from './returns/schemas.ts';
import { TaskDueBy, TaskPause, TaskTime, WaitingParty } from './time-schemas.ts';

export { Explanation, TaskTime };

export const TaskState = Type.Enum(['open', 'completing', 'done', 'cancelled'], { title: 'TaskState' });
export const TaskView = Type.Enum(['mine', 'pool', 'today', 'overdue', 'done', 'started', 'cc'], { title: 'TaskView' });

/** A summary field of a case; `tone`: its value is one to look at first. */
export const SummaryField = Type.Object(
  { label: Text, value: Type.String(), tone: nullable(Type.Enum(['warning', 'danger'])) },
  { title: 'SummaryField' },
);
export const TaskItem = Type.Object(
  {
    id: Type.String(),
    caseId: Uuid,
    caseNumber: Type.String(),
    caseTitle: Type.String(),
    flow: Type.String(),
    flowTitle: Text,
    step: Type.String(),
    /** Title of the step. */
    title: Text,
    item: nullable(
      Type.String({ description: 'Of a step that is done for each row: what names the row it is about.' }),
    ),
    /** Up to three summary fields, already in words. */
    summary: Type.Array(SummaryField),
    state: TaskState,
    initiator: PersonRef,
    holder: nullable(PersonRef),
    pool: nullable(Type.Object({ role: Type.String(), title: Text }, { title: 'Pool' })),
    communityId: nullable(Uuid),
    openedAt: Instant,
    dueAt: nullable(Instant),
    dueBy: nullable(TaskDueBy),
    closedAt: nullable(Instant),
    outcome: nullable(Type.String()),
    returned: Type.Boolean(),
    delegated: Type.Boolean({ description: 'Somebody lets its holder work on it, and gets it back.' }),
    added: Type.Boolean({ description: 'Its holder was added to an approval.' }),
    for: nullable(PersonRef),
    unread: Type.Boolean(),
    /** Its clock stands: since when, until when at the latest, and why. */
    pause: nullable(TaskPause),
    suspended: Type.Boolean({ description: 'Its case is suspended: nobody acts on it, and its clock stands.' }),
  },
  { title: 'TaskItem' },
);
export const TaskPage = page('TaskPage', TaskItem);
export const TaskCounts = Type.Object(
  {
    mine: Type.Integer(),
    pool: Type.Integer(),
    today: Type.Integer(),
    overdue: Type.Integer(),
    cc: Type.Integer({ description: 'Unread copies.' }),
  },
  { title: 'TaskCounts' },
);

export const Action = Type.Object(
  {
    outcome: Type.String(),
    label: Text,
    intent: Type.Enum(['primary', 'default', 'danger']),
    comment: Type.Enum(['optional', 'required', 'none']),
    signature: Type.Boolean(),
    /** The permissions when this action is taken, where they differ from the task's. */
    permissions: nullable(Permissions),
    prepares: Type.Boolean({
      description: 'Taking it looks things up, fills fields or may be refused: ask `prepare` while the form is filled.',
    }),
    /** The action sends the case back to this step. */
    returnsTo: nullable(Text),
    choices: Type.Array(ChoiceItem, { description: 'Taking it asks whom one chooses for these steps.' }),
  },
  { title: 'Action' },
);
/** What stopping the clock at this step asks. */
export const PauseOptions = Type.Object(
  {
    label: nullable(Text),
    max: Type.String({ description: 'ISO 8601 duration: the farthest `until` from now.' }),
    reasons: Type.Array(Text, { description: 'Reasons offered; another may be written.' }),
    waitingFor: Type.Array(WaitingParty, { description: 'Whom the work may wait for.' }),
  },
  { title: 'PauseOptions' },
);
export const TimelineEntry = Type.Object(
  {
    rev: Type.Integer(),
    at: Instant,
    type: Type.String({ description: 'case_started, task_completed, task_returned, task_transferred, timer_fired, …' }),
    step: nullable(Type.Object({ id: Type.String(), title: Text }, { title: 'StepRef' })),
    actor: nullable(PersonRef),
    /** Whom the actor stood in for. */
    actingFor: Type.Optional(PersonRef),
    /** Label of the action taken. */
    outcome: nullable(Text),
    comment: nullable(Type.String()),
    /** Fields this event wrote that the reader may see. */
    changed: Type.Array(Type.String()),
    data: Type.Record(Type.String(), Type.Unknown()),
    tookSeconds: nullable(Type.Integer({ description: 'Since the task that it is about was opened.' })),
    /** Why that task was with whom it was. */
    explanation: Type.Optional(Explanation),
    /** Names of the persons whose ids stand in data. */
    labels: Labels,
  },
  { title: 'TimelineEntry' },
);
/** One branch of a step that has several, or the rounds of a loop; `id` is unique in the flow. */
export const PositionBranch = Type.Object(
  {
    id: Type.String(),
    title: nullable(Text),
    /** Title of the step that has the branch. */
    decision: Text,
    kind: Type.Enum(['exclusive', 'inclusive', 'parallel', 'loop', 'forEach', 'race', 'subProcess', 'handler'], {
      description: 'Of the step that has it; `handler`: done only when something happens on that step, or on the flow.',
    }),
  },
  { title: 'PositionBranch' },
);
/** Where the case stands, one entry a step in document order. */
export const PositionStep = Type.Object(
  {
    step: Type.String(),
    kind: Type.String(),
    title: Text,
    depth: Type.Integer({ description: 'Nesting of branches, 0 at the top.' }),
    branches: Type.Array(PositionBranch, { description: 'The branches it stands in, outermost first.' }),
    state: Type.Enum(['done', 'current', 'upcoming', 'skipped']),
    people: Type.Array(PersonRef),
    pool: nullable(Text),
    at: nullable(Instant),
    dueAt: nullable(Instant),
    certain: Type.Boolean({
      description: 'It happened, or will whatever is decided: not in a branch nobody took yet.',
    }),
  },
  { title: 'PositionStep' },
);
export const Draft = Type.Object(
  { fields: Fields, comment: nullable(Type.String()), updatedAt: Instant },
  { title: 'Draft' },
);
export const TaskDetail = Type.Object(
  {
    task: TaskItem,
    assignment: Type.Integer({
      description: 'Send it back with every act: another number means somebody else holds the task now.',
    }),
    version: Type.Integer({ description: 'Rev of the record that was read; send it back with `complete`.' }),
    mine: Type.Boolean({ description: 'The reader may decide it now.' }),
    form: FormDefinition,
    permissions: Permissions,
    fields: Fields,
    ownRows: Type.Record(Type.String(), Uuid, {
      description: 'Of a task that is about one row: by sub-table the row, which alone is here and may be written.',
    }),
    labels: Labels,
    draft: nullable(Draft),
    guide: nullable(Text),
    actions: Type.Array(Action),
    allow: Type.Object(
      {
        claim: Type.Boolean(),
        release: Type.Boolean(),
        transfer: Type.Boolean(),
        return: Type.Boolean(),
        delegate: Type.Boolean(),
        addSigners: Type.Boolean(),
        ask: Type.Boolean({ description: 'Ask colleagues without giving it away.' }),
        takeBack: Type.Boolean({ description: 'Of a task that the reader decided: nobody has gone on from there.' }),
      },
      { title: 'TaskAllow' },
    ),
    mayPause: Type.Boolean({ description: 'The reader may stop its clock now.' }),
    mayResume: Type.Boolean(),
    pausing: nullable(PauseOptions),
    returnTargets: Type.Array(ReturnTarget),
    addedSigners: Type.Array(PersonRef, { description: 'Whom the reader may leave out again.' }),
    explanation: Explanation,
    time: Type.Array(TaskTime, { description: 'Whose its time was so far, by party.' }),
    timeline: Type.Array(TimelineEntry),
    position: Type.Array(PositionStep),
  },
  { title: 'TaskDetail' },
);

const assignment = Count({ minimum: 0 });
const comment = Type.Optional(Type.String({ maxLength: 4000 }));
export const CompleteBody = Type.Object(
  {
    outcome: Type.String({ minLength: 1, maxLength: 40 }),
    fields: Fields,
    choices: Type.Optional(Choices),
    comment,
    assignment,
    version: Count({ minimum: 0 }),
    deviceAt: Type.Optional(Instant),
  },
  { title: 'CompleteBody', additionalProperties: false },
);
export const TransferBody = Type.Object(
  { to: Uuid, comment, assignment },
  { title: 'TransferBody', additionalProperties: false },
);
export const DelegateBody = Type.Object(
  { to: Uuid, comment, assignment },
  { title: 'DelegateBody', additionalProperties: false },
);
const persons = Type.Array(Uuid, { minItems: 1, maxItems: 20, uniqueItems: true });
export const AddSignersBody = Type.Object(
  {
    persons,
    where: Type.Enum(['before', 'after'], { description: 'They decide before, or after, whoever adds them.' }),
    comment,
    assignment,
  },
  { title: 'AddSignersBody', additionalProperties: false },
);
export const RemoveSignersBody = Type.Object(
  { persons, assignment },
  { title: 'RemoveSignersBody', additionalProperties: false },
);
export const TakeBackBody = Type.Object({ comment }, { title: 'TakeBackBody', additionalProperties: false });
export const ClaimBody = Type.Object({ assignment }, { title: 'ClaimBody', additionalProperties: false });
export const ReleaseBody = Type.Object(
  { assignment, comment: Type.String({ minLength: 1, maxLength: 4000 }) },
  { title: 'ReleaseBody', additionalProperties: false },
);
export const PauseBody = Type.Object(
  {
    assignment,
    until: Instant,
    reason: Type.String({ minLength: 1, maxLength: 400, description: 'Kept as the comment of the event.' }),
    waitingFor: Type.Optional(WaitingParty),
  },
  { title: 'PauseBody', additionalProperties: false },
);
export const ResumeBody = Type.Object({ assignment }, { title: 'ResumeBody', additionalProperties: false });
export const PrepareBody = Type.Object(
  {
    outcome: Type.String({ minLength: 1, maxLength: 40, description: 'The action that is about to be taken.' }),
    fields: Fields,
  },
  { title: 'PrepareBody', additionalProperties: false },
);
/** What an act would come to; nothing is written. */
export const PrepareAnswer = Type.Object(
  {
    set: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Fields that the act fills by itself, as far as the reader sees them; null empties one.',
    }),
    problems: Type.Array(ProblemPath, { description: 'Why it would be refused as it stands.' }),
    labels: Labels,
  },
  { title: 'PrepareAnswer' },
);
export const DraftBody = Type.Object(
  { fields: Fields, comment: Type.Optional(nullable(Type.String({ maxLength: 4000 }))) },
  { title: 'DraftBody', additionalProperties: false },
);
/** 200: applied. 202: kept and sure to happen; `state` is pending. */
export const ActResult = Type.Object(
  {
    /** Null for what stays outside the engine: claim, release. */
    command: nullable(Uuid),
    state: Type.Enum(['done', 'pending']),
    caseId: Uuid,
    /** Tasks the reader may see that this act opened. */
    opened: Type.Array(Type.String()),
  },
  { title: 'ActResult' },
);
