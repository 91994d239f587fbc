/** What there is at a glance: how many cases wait, where, with whom; communities side by side; who works here. */
import { Type } from 'typebox';
import { Instant, nullable, PersonRef, Text, Uuid } from '../../schema.ts';

const Many = Type.Integer({ minimum: 0 });

export const OverviewQuery = Type.Object(
  { community: Type.Optional(Uuid) },
  { additionalProperties: false, description: 'Of one community; else of all in which the person reads cases.' },
);
/** The same numbers that `/api/cases/search` finds with the same filters. */
export const OverviewNumbers = Type.Object(
  {
    running: Many,
    overdue: Type.Integer({ minimum: 0, description: 'Running cases with an open task whose due time is over.' }),
    escalated: Type.Integer({ minimum: 0, description: 'Of these, those told to somebody higher up.' }),
    incidents: Type.Integer({ minimum: 0, description: 'Running cases that a fault holds up.' }),
  },
  { title: 'OverviewNumbers' },
);
export const OverviewStage = Type.Object(
  {
    flow: Type.String(),
    flowTitle: Text,
    /** For the filter of the search. */
    step: Type.String(),
    title: Text,
    cases: Many,
    overdue: Many,
  },
  { title: 'OverviewStage' },
);
export const OverviewLoad = Type.Object(
  { person: PersonRef, cases: Many, overdue: Many },
  { title: 'OverviewLoad', description: 'Running cases in which the person holds an open task.' },
);
export const OverviewCommunity = Type.Object(
  { id: Uuid, name: Type.String(), numbers: OverviewNumbers },
  { title: 'OverviewCommunity' },
);
export const OverviewStaff = Type.Object(
  {
    employees: Many,
    departments: Type.Array(Type.Object({ name: Type.String(), employees: Many }, { title: 'OverviewDepartment' })),
  },
  { title: 'OverviewStaff' },
);
export const Overview = Type.Object(
  {
    at: Instant,
    cases: nullable(
      Type.Object(
        {
          numbers: OverviewNumbers,
          stages: Type.Array(OverviewStage),
          workload: Type.Array(OverviewLoad, { description: 'At most 20, most cases first.' }),
          communities: Type.Array(OverviewCommunity),
        },
        { title: 'OverviewCases', description: 'Null without the verb case.read.' },
      ),
    ),
    staff: nullable(OverviewStaff),
  },
  { title: 'Overview' },
);
