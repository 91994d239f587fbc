/** Cases: start, read, withdraw, comment. */
import { Type } from 'typebox';
import { FormDefinition } from '../forms/schemas.ts';
import { Labels } from '../records/schemas.ts';
import { Count, Fields, Instant, nullable, page, Permissions, PersonRef, Text, Uuid } from '../schema.ts';
import { Choices } from '../choice-schemas.ts';
import { PositionStep, SummaryField, TaskItem, TaskTime, TimelineEntry } from '../tasks/schemas.ts';

export const CaseStatus = Type.Enum(['starting', 'running', 'suspended', 'cancelling', 'completed', 'cancelled'], {
  title: 'CaseStatus',
});
export const CaseItem = Type.Object(
  {
    id: Uuid,
    number: Type.String(),
    title: Type.String(),
    /** Up to three fields that its flow chose, in words. */
    summary: Type.Array(SummaryField),
    flow: Type.String(),
    flowTitle: Text,
    version: Type.Integer({ description: 'Version of the flow.' }),
    status: CaseStatus,
    outcome: nullable(Type.String()),
    /** What the initiator is told of where the case stands. */
    stage: nullable(Text),
    /** Who holds it now, since when, due when. */
    holders: Type.Array(PersonRef),
    dueAt: nullable(Instant),
    incidents: Type.Integer(),
    communityId: nullable(Uuid),
    startedBy: PersonRef,
    startedAt: Instant,
    endedAt: nullable(Instant),
  },
  { title: 'CaseItem' },
);
export const CasePage = page('CasePage', CaseItem);
export const StartBody = Type.Object(
  {
    fields: Fields,
    communityId: Type.Optional(
      Type.Union([Uuid, Type.Null()], {
        description: 'Where the record does not say it (a public area) and the person has several.',
      }),
    ),
    choices: Type.Optional(Choices),
  },
  { title: 'StartBody', additionalProperties: false },
);
export const CaseStarted = Type.Object(
  { command: Uuid, state: Type.Enum(['done', 'pending']), case: CaseItem, tasks: Type.Array(TaskItem) },
  { title: 'CaseStarted' },
);
export const CaseIncident = Type.Object(
  {
    id: Type.Integer(),
    step: nullable(Type.String()),
    code: Type.String(),
    detail: Type.Record(Type.String(), Type.Unknown()),
  },
  { title: 'CaseIncident' },
);
export const CalledCase = Type.Object(
  {
    flow: Type.String(),
    flowTitle: Text,
    case: nullable(
      Type.Object(
        {
          id: Uuid,
          number: Type.String(),
          title: Type.String(),
          status: CaseStatus,
          outcome: nullable(Type.String()),
        },
        { title: 'CaseLink' },
      ),
    ),
  },
  {
    title: 'CalledCase',
    description: 'A case that calls, or is called; `case` null: the reader may not see it, or it has not begun.',
  },
);
export const CommentItem = Type.Object(
  { id: Uuid, author: PersonRef, body: Type.String(), createdAt: Instant },
  { title: 'CommentItem' },
);
export const CommentPage = page('CommentPage', CommentItem);
export const CaseDetail = Type.Object(
  {
    case: CaseItem,
    form: FormDefinition,
    permissions: Permissions,
    fields: Fields,
    labels: Labels,
    tasks: Type.Array(TaskItem, { description: 'Open tasks the reader may see.' }),
    myTask: nullable(Type.String({ description: 'An open task the reader can decide now.' })),
    time: Type.Array(TaskTime, { description: 'Whose the time of its tasks was so far, by party.' }),
    timeline: Type.Array(TimelineEntry),
    position: Type.Array(PositionStep),
    comments: Type.Array(CommentItem, { description: 'The latest 50, oldest first.' }),
    olderComments: nullable(
      Type.String({ description: 'Cursor of GET /api/cases/{id}/comments, where there are more.' }),
    ),
    incidents: Type.Array(CaseIncident),
    parent: nullable(CalledCase),
    children: Type.Array(CalledCase, { description: 'Cases that its steps have called, the latest 50.' }),
    childrenTotal: Type.Integer(),
    urgeFrom: nullable(Instant),
    allow: Type.Object(
      {
        withdraw: Type.Boolean(),
        urge: Type.Boolean(),
        comment: Type.Boolean(),
        cancel: Type.Boolean(),
        retry: Type.Boolean(),
        suspend: Type.Boolean(),
        resume: Type.Boolean(),
        skip: Type.Boolean(),
        modify: Type.Boolean(),
      },
      { title: 'CaseAllow' },
    ),
  },
  { title: 'CaseDetail' },
);
export const CommentBody = Type.Object(
  { body: Type.String({ minLength: 1, maxLength: 4000 }) },
  { title: 'CommentBody', additionalProperties: false },
);
export const WithdrawBody = Type.Object(
  { comment: Type.String({ minLength: 1, maxLength: 4000 }) },
  { title: 'WithdrawBody', additionalProperties: false },
);
export const RetryBody = Type.Object(
  { incident: Count({ minimum: 0 }) },
  { title: 'RetryBody', additionalProperties: false },
);
const reason = Type.String({ minLength: 1, maxLength: 4000, description: 'Kept as the comment of the event.' });
export const ReasonBody = Type.Object({ reason }, { title: 'ReasonBody', additionalProperties: false });
export const SkipBody = Type.Object(
  {
    step: Type.Optional(Type.String({ maxLength: 40, description: 'The step that waits; or name an incident.' })),
    item: Type.Optional(Type.String({ maxLength: 200, description: 'Its round, where it waits in several.' })),
    incident: Type.Optional(Count({ minimum: 0 })),
    outcome: Type.Optional(Type.String({ maxLength: 40, description: 'Of a human step: what it counts as.' })),
    reason,
  },
  { title: 'SkipBody', additionalProperties: false },
);
const Place = Type.Object(
  {
    step: Type.String({ maxLength: 40 }),
    item: Type.Optional(Type.String({ maxLength: 200, description: 'Its rounds.' })),
  },
  { title: 'Place', additionalProperties: false },
);
const moves = {
  cancel: Type.Array(Place, { maxItems: 100, description: 'Steps that are taken away.' }),
  start: Type.Array(Place, { maxItems: 100, description: 'Steps that begin.' }),
  compensate: Type.Optional(
    Type.Boolean({ description: 'Undo what service steps did where it goes back over them. Default: true.' }),
  ),
};
export const ModifyPlanBody = Type.Object(moves, { title: 'ModifyPlanBody', additionalProperties: false });
export const ModifyBody = Type.Object({ ...moves, reason }, { title: 'ModifyBody', additionalProperties: false });
const migration = {
  to: Type.Optional(Count({ minimum: 1, description: 'Version of the flow; the current one when not given.' })),
  mapping: Type.Optional(
    Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }), Type.String({ maxLength: 40 }), {
      description: 'Steps that are called otherwise in the new version, by their present id.',
      maxProperties: 200,
    }),
  ),
  timers: Type.Optional(
    Type.Union([Type.Literal('keep'), Type.Literal('reset')], {
      description: 'Clocks that go keep their time, or begin anew. Default: keep.',
    }),
  ),
  dryRun: Type.Optional(Type.Boolean({ description: 'Only says what would become of it.' })),
  reason: Type.Optional(reason),
};
export const MigrateBody = Type.Object(migration, { title: 'MigrateBody', additionalProperties: false });
export const MigrateAllBody = Type.Object(
  {
    ...migration,
    from: Type.Optional(Count({ minimum: 1, description: 'Only cases of this version.' })),
    after: Type.Optional({ ...Uuid, description: 'Only those after this one: the last of the report before.' }),
    cases: Type.Optional(
      Type.Array(Uuid, { minItems: 1, maxItems: 200, description: 'Only these; else all that are open.' }),
    ),
  },
  { title: 'MigrateAllBody', additionalProperties: false },
);
export const MigratedCase = Type.Object(
  {
    caseId: Uuid,
    verdict: Type.Union([Type.Literal('ok'), Type.Literal('refused')]),
    state: nullable(
      Type.Union([Type.Literal('done'), Type.Literal('pending')], {
        description: 'Null: nothing was done, as in a dry run. pending: kept, and sure to be tried.',
      }),
    ),
    code: nullable(Type.String({ description: 'Why it is refused.' })),
    detail: nullable(Type.String({ description: 'The same in the language of who asks.' })),
    reason: nullable(
      Type.String({
        description: 'Of migrate_refused: in_flight, no_target, kind_changed, mode_changed, place_taken, …',
      }),
    ),
    step: nullable(Type.String({ description: 'The step that stands against it.' })),
  },
  { title: 'MigratedCase' },
);
export const MigratedCases = Type.Object(
  {
    items: Type.Array(MigratedCase),
    remaining: Type.Integer({ description: 'Cases after these: ask again, with `after`.' }),
  },
  { title: 'MigratedCases' },
);
export const Urged = Type.Object(
  { reached: Type.Integer({ description: 'Persons who were told.' }) },
  { title: 'Urged' },
);
