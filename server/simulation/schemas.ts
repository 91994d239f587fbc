/** What a dry run of a flow is asked with, and what it answers. */
import { Type } from 'typebox';
import { Labels } from '../records/schemas.ts';
import { Fields, Instant, nullable, PersonRef, Text, Uuid } from '../schema.ts';
import { Explanation } from '../tasks/schemas.ts';

const Name = Type.String({ minLength: 1, maxLength: 60 });
const Duration = Type.String({
  pattern: String.raw`^P(?=.)(\d{1,4}W)?(\d{1,4}D)?(T(?=\d)(\d{1,5}H)?(\d{1,6}M)?(\d{1,8}S)?)?$`,
  description: 'ISO 8601, without years and months.',
});

const Choice = Type.Object(
  {
    outcome: Type.Optional(Name),
    by: Type.Optional(Uuid),
    fields: Type.Optional(Fields),
  },
  { title: 'SimulatedChoice', additionalProperties: false },
);
const OneChoice = Type.Union([Name, Choice, Type.Null()], {
  description: 'An outcome, more of the decision, or null: nobody decides, so that the due time shows what follows.',
});

export const SimulatedAct = Type.Object(
  {
    act: Type.Enum([
      'complete',
      'return',
      'transfer',
      'delegate',
      'addSigners',
      'removeSigners',
      'pause',
      'resume',
      'takeBack',
      'withdraw',
      'cancel',
      'amend',
      'message',
      'signal',
      'wait',
    ]),
    step: Type.Optional(
      Type.Intersect([Name], {
        description: 'Of acts on a task. The case goes on by itself until the step waits for somebody.',
      }),
    ),
    by: Type.Optional(Type.Intersect([Uuid], { description: 'Who acts; default: who holds it.' })),
    outcome: Type.Optional(Name),
    fields: Type.Optional(Fields),
    to: Type.Optional(Type.String({ maxLength: 60, description: 'Of a return the step, of a hand-over the person.' })),
    mode: Type.Optional(Type.Enum(['redo', 'straightBack'])),
    persons: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 50 })),
    where: Type.Optional(Type.Enum(['before', 'after'])),
    name: Type.Optional(
      Type.Intersect([Name], { description: 'Of a message or signal, which comes in once the case waits for it.' }),
    ),
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Of a message.' })),
    for: Type.Optional(Duration),
    after: Type.Optional(
      Type.Intersect([Duration], { description: 'Once its step waits the clock moves on so far before the act.' }),
    ),
  },
  { title: 'SimulatedAct', additionalProperties: false },
);

const SimulatedOutput = Type.Object(
  {
    output: Type.Optional(Fields),
    error: Type.Optional(Name),
    after: Type.Optional(
      Type.Intersect([Duration], {
        description:
          'What it takes, or when whoever was asked calls back: later than waited for is `callback_timeout`. Default: at once, as every called flow.',
      }),
    ),
  },
  { title: 'SimulatedOutput', additionalProperties: false },
);

export const SimulateBody = Type.Object(
  {
    definition: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'A flow that is not kept. Default: the version that is asked for, else the draft, else the current version.',
      }),
    ),
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    initiator: Type.Optional(Type.Intersect([Uuid], { description: 'Default: who asks.' })),
    communityId: Type.Optional(nullable(Uuid)),
    at: Type.Optional(Type.Intersect([Instant], { description: 'When it begins. Default: now.' })),
    fields: Type.Optional(Fields),
    acts: Type.Optional(Type.Array(SimulatedAct, { maxItems: 200 })),
    automatic: Type.Optional(
      Type.Boolean({
        description:
          'Whether what no act decides is decided by itself, with the first outcome that leads on. Default: yes.',
      }),
    ),
    pace: Type.Optional(
      Type.Intersect([Duration], { description: 'What each decision by itself takes. Default: PT0S.' }),
    ),
    choices: Type.Optional(
      Type.Record(Name, Type.Union([OneChoice, Type.Array(OneChoice, { minItems: 1, maxItems: 50 })]), {
        description: 'By step. Of several, each time the next; the last for all further times.',
      }),
    ),
    chosen: Type.Optional(
      Type.Record(Name, Type.Array(Uuid, { maxItems: 20 }), {
        description:
          'By the step that asks for it: whom the initiator, or whoever completes an earlier step, chooses. Default: nobody.',
      }),
    ),
    activities: Type.Optional(
      Type.Record(Name, Type.Union([SimulatedOutput, Type.Array(SimulatedOutput, { minItems: 1, maxItems: 50 })]), {
        description:
          'By service step: what its activity is taken to answer, or to fail with. Of several, each time the next; the last for all further times. Default: nothing. By step that calls a flow: what the record of that case is taken to hold at its end, with `outcome` for what it comes to, and the error that it ends with (`cancelled`: it is cancelled). Default: it is completed.',
      }),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          events: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
          decisions: Type.Optional(Type.Integer({ minimum: 0, maximum: 500 })),
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3660 })),
        },
        { title: 'SimulationLimits', additionalProperties: false },
      ),
    ),
  },
  { title: 'SimulateBody', additionalProperties: false },
);

const StepRef = Type.Object({ id: Type.String(), title: Text }, { title: 'StepRef' });
const PoolRef = Type.Object({ role: Type.String(), title: Text }, { title: 'PoolRef' });
const Told = { rev: Type.Integer(), at: Instant };

const SimulatedRefusal = Type.Object(
  { code: Type.String(), title: Type.String(), params: Type.Record(Type.String(), Type.Unknown()) },
  { title: 'SimulatedRefusal' },
);
export const SimulatedTask = Type.Object(
  {
    task: Type.String(),
    step: StepRef,
    kind: Type.Enum(['userTask', 'approval']),
    item: nullable(Type.String({ description: 'The rounds it is in.' })),
    state: Type.Enum(['open', 'done', 'cancelled']),
    openedAt: Instant,
    dueAt: nullable(Instant),
    planned: Type.Array(
      Type.Object(
        { at: Instant, does: Type.String(), to: nullable(Type.String()) },
        {
          title: 'SimulatedDue',
          description: 'A reminder, or an end action by its name with its role, step or outcome.',
        },
      ),
    ),
    holders: Type.Array(
      Type.Object(
        { ...Told, person: nullable(PersonRef), pool: nullable(PoolRef), explanation: Explanation },
        { title: 'SimulatedHolder', description: 'Who had it and why, one after another.' },
      ),
    ),
    outcomes: nullable(Type.Array(Type.String(), { description: 'Offered by conditions; null: all of the step.' })),
    nobody: Type.Boolean({ description: 'It waits for a pool that nobody belongs to.' }),
    closedAt: nullable(Instant),
    outcome: nullable(Type.String()),
    by: nullable(PersonRef),
  },
  { title: 'SimulatedTask' },
);
export const Simulation = Type.Object(
  {
    flow: Type.Object(
      { key: Type.String(), title: Text, version: nullable(Type.Integer({ description: 'Null: not published.' })) },
      { title: 'SimulatedFlow' },
    ),
    title: Type.String({ description: 'Of the case, as it would be at the end.' }),
    end: Type.Object(
      {
        why: Type.Enum(['completed', 'cancelled', 'waiting', 'incident', 'refused', 'limit'], {
          description:
            'waiting: somebody must act or something must come. incident: stopped, with nothing else to do. refused: an act or a choice was. limit: a bound of the dry run was met.',
        }),
        at: Instant,
        outcome: nullable(Type.String()),
        act: nullable(Type.Integer({ description: 'Index of the refused act; null: a choice.' })),
        step: nullable(StepRef),
        refusal: nullable(SimulatedRefusal),
        limit: nullable(Type.Enum(['events', 'decisions', 'days'])),
        most: nullable(Type.Integer()),
      },
      { title: 'SimulationEnd' },
    ),
    warnings: Type.Array(
      Type.Object(
        { code: Type.String(), step: nullable(StepRef), field: nullable(Type.String()) },
        { title: 'SimulationWarning', description: 'What would be refused in earnest and was let pass here.' },
      ),
    ),
    tasks: Type.Array(SimulatedTask),
    conditions: Type.Array(
      Type.Object(
        {
          ...Told,
          step: nullable(StepRef),
          property: nullable(Type.String()),
          expression: Type.String(),
          inputs: Type.Record(Type.String(), Type.Unknown()),
          value: Type.Unknown({ description: 'Of a moment an instant.' }),
          failed: nullable(Type.Object({ code: Type.String(), reason: Type.String() })),
        },
        { title: 'SimulatedCondition' },
      ),
    ),
    activities: Type.Array(
      Type.Object(
        {
          ...Told,
          step: StepRef,
          activity: Type.String({ description: '`flow.call` of a step that calls a flow.' }),
          flow: nullable(Type.String({ description: 'Which it calls.' })),
          input: Fields,
          problems: Type.Array(Type.String(), {
            description: 'What of the input does not fit: an incident in earnest.',
          }),
          output: Fields,
          error: nullable(Type.String()),
        },
        { title: 'SimulatedActivity', description: 'Listed, never run.' },
      ),
    ),
    notices: Type.Array(
      Type.Object(
        {
          ...Told,
          kind: Type.String(),
          step: StepRef,
          task: nullable(Type.String()),
          persons: Type.Array(PersonRef),
          pool: nullable(PoolRef),
        },
        { title: 'SimulatedNotice' },
      ),
    ),
    waits: Type.Array(Type.Object({ ...Told, step: StepRef, until: Instant }, { title: 'SimulatedWait' })),
    events: Type.Array(
      Type.Object(
        {
          ...Told,
          type: Type.String(),
          step: nullable(StepRef),
          task: nullable(Type.String()),
          actor: nullable(PersonRef),
          data: Type.Record(Type.String(), Type.Unknown()),
        },
        { title: 'SimulatedEvent' },
      ),
    ),
    position: Type.Array(StepRef),
    incidents: Type.Array(
      Type.Object(
        { step: nullable(StepRef), code: Type.String(), detail: Type.Record(Type.String(), Type.Unknown()) },
        { title: 'SimulatedIncident' },
      ),
    ),
    fields: Fields,
    labels: Labels,
    names: Type.Record(Type.String(), Type.String(), {
      description: 'Names of persons whose ids stand anywhere in it.',
    }),
  },
  { title: 'Simulation' },
);
/** Who comes next: what is certain of it stands in the flow, the rest is what would happen if everybody went the first way on. */
export const Forecast = Type.Object(
  {
    end: Type.Enum(['completed', 'cancelled', 'waiting', 'incident', 'refused', 'limit']),
    outcome: nullable(Type.String()),
    tasks: Type.Array(
      Type.Object(
        {
          step: StepRef,
          open: Type.Boolean({ description: 'It waits now; the others come after.' }),
          person: nullable(PersonRef),
          pool: nullable(PoolRef),
        },
        { title: 'ForecastTask' },
      ),
    ),
  },
  { title: 'Forecast' },
);
