/** A dry run as it is answered: ids with names and titles, the virtual clock as instants. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Account, End, HolderTold, TaskTold } from '../../workflows/engine/dry-run/index.ts';
import type { Text } from '../../workflows/engine/flow.gen.ts';
import { idsIn, idsOf, toExplanation } from '../case-views/history.ts';
import { stepTitle } from '../case-views/task-items.ts';
import { findNames, type PersonName } from '../commands/people.ts';
import type { Tx } from '../db/as.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import type { Language } from '../case-views/task-items.ts';
import { describeProblem } from '../problems.ts';
import { AppError } from '../errors.ts';
import type { Simulation } from './schemas.ts';

type Told = Static<typeof Simulation>;
type Parts = Pick<
  Told,
  'end' | 'tasks' | 'conditions' | 'activities' | 'notices' | 'waits' | 'events' | 'position' | 'incidents' | 'names'
>;
type StepRef = Told['position'][number];

const dayMs = 86_400_000;

/** Turns ids into what people read; one query for all names, one for all pools. */
export class Words {
  private readonly flow: PublishedFlow;
  private readonly names: ReadonlyMap<string, PersonName>;
  private readonly pools: ReadonlyMap<string, Text>;

  constructor(flow: PublishedFlow, names: ReadonlyMap<string, PersonName>, pools: ReadonlyMap<string, Text>) {
    this.flow = flow;
    this.names = names;
    this.pools = pools;
  }

  step(id: string): StepRef {
    return { id, title: stepTitle(this.flow, id) };
  }

  stepOrNull(id: string | null): StepRef | null {
    return id === null ? null : this.step(id);
  }

  person(id: string | null): PersonName | null {
    return id === null ? null : (this.names.get(id) ?? { id, name: '' });
  }

  pool(role: string | null): { role: string; title: Text } | null {
    return role === null ? null : { role, title: this.pools.get(role) ?? { 'zh-CN': role, en: role } };
  }

  labels(): Record<string, string> {
    return Object.fromEntries([...this.names].map(([id, { name }]) => [id, name]));
  }

  explanation(holder: HolderTold): ReturnType<typeof toExplanation> {
    return toExplanation(holder.explanation, this.names);
  }
}

export async function wordsFor(tx: Tx, flow: PublishedFlow, account: Account): Promise<Words> {
  const holders = account.tasks.flatMap((task) => task.holders);
  const persons = [
    ...holders.flatMap(({ assignee, explanation }) => [assignee, ...idsOf(explanation)]),
    ...account.tasks.map(({ by }) => by),
    ...account.notices.flatMap((notice) => notice.persons),
    ...account.events.flatMap(({ actor, data }) => [actor, ...idsIn(data)]),
  ];
  const roles = [...holders.map(({ pool }) => pool), ...account.notices.map(({ role }) => role)];
  const { rows } = await sql<{ key: string; title: Text }>`
    select key, title from role where key = any (${roles.filter((role) => role !== null)}::text[])`.execute(tx);
  return new Words(flow, await findNames(tx, persons), new Map(rows.map(({ key, title }) => [key, title])));
}

export function tell(account: Account, words: Words, language: Language): Parts {
  return {
    end: toEnd(account.end, words, language),
    tasks: account.tasks.map((task) => toTask(task, words)),
    conditions: account.conditions.map(({ at, step, value, property, ...rest }) => ({
      ...rest,
      at: instant(at),
      step: words.stepOrNull(step),
      property,
      value: typeof value === 'number' && property?.endsWith('at') === true ? instant(value) : value,
    })),
    activities: account.activities.map(({ at, step, ...rest }) => ({
      ...rest,
      at: instant(at),
      step: words.step(step),
    })),
    notices: account.notices.map(({ at, step, persons, role, ...rest }) => ({
      ...rest,
      at: instant(at),
      step: words.step(step),
      persons: persons.flatMap((id) => words.person(id) ?? []),
      pool: words.pool(role),
    })),
    waits: account.waits.map(({ rev, at, step, until }) => ({
      rev,
      at: instant(at),
      step: words.step(step),
      until: instant(until),
    })),
    events: account.events.map(({ at, step, actor, ...rest }) => ({
      ...rest,
      at: instant(at),
      step: words.stepOrNull(step),
      actor: words.person(actor),
    })),
    position: account.position.map((step) => words.step(step)),
    incidents: account.incidents.map(({ step, code, detail }) => ({ step: words.stepOrNull(step), code, detail })),
    names: words.labels(),
  };
}

function toTask(task: TaskTold, words: Words): Told['tasks'][number] {
  const { step, openedAt, dueAt, closedAt, planned, holders, by, ...rest } = task;
  return {
    ...rest,
    step: words.step(step),
    openedAt: instant(openedAt),
    dueAt: dueAt === null ? null : instant(dueAt),
    closedAt: closedAt === null ? null : instant(closedAt),
    planned: planned.map((each) => ({ ...each, at: instant(each.at) })),
    holders: holders.map((holder) => ({
      rev: holder.rev,
      at: instant(holder.at),
      person: words.person(holder.assignee),
      pool: words.pool(holder.pool),
      explanation: words.explanation(holder),
    })),
    by: words.person(by),
  };
}

function toEnd(end: End, words: Words, language: Language): Told['end'] {
  const none = { outcome: null, act: null, step: null, refusal: null, limit: null, most: null };
  const { why, at } = end;
  const base = { ...none, why, at: instant(at) };
  switch (end.why) {
    case 'completed':
    case 'cancelled':
      return { ...base, outcome: end.outcome };
    case 'refused': {
      const { code, params } = end.refused;
      const { title } = describeProblem(new AppError(code, 409, params), language);
      return { ...base, act: end.act, step: words.stepOrNull(end.step), refusal: { code, title, params } };
    }
    case 'limit': {
      const isTime = end.limit === 'timeMs';
      return {
        ...base,
        limit: end.limit === 'timeMs' ? 'days' : end.limit,
        most: isTime ? end.most / dayMs : end.most,
      };
    }
    default:
      return base;
  }
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
