/**
 * Pure: what else a fresh entry means for people: who may read the case from now on, who is told, whose screens re-read. Each has a
 * name of its own (`dedupe`), so that the same entry applied twice tells nobody twice.
 */
import type { DeltaEntry, Notice } from '../../../workflows/engine/types.ts';
import type { HintMessage } from '../../db/hint.ts';
import type { NotificationKind } from '../../notifications/schemas.ts';
import type { Known } from './read.ts';
import type { TaskState } from './fold.ts';

interface ReaderRow {
  person_id: string;
  why: 'initiator' | 'holder' | 'cc';
}
interface NotificationRow {
  /** Either a person, or all who hold the role in the case's community. */
  person_id: string | null;
  role: string | null;
  task_id: string | null;
  kind: NotificationKind;
  params: Record<string, unknown>;
  /** The person is added to it, so that a role's holders each get their own. */
  dedupe: string;
}
export interface PeoplePlan {
  readers: ReaderRow[];
  notifications: NotificationRow[];
  /** Roles whose holders may read the case from now on. */
  ccRoles: string[];
}

interface Holder {
  holder: string | null;
  pool: string | null;
}

export function planPeople(known: Known, fresh: readonly DeltaEntry[], tasks: readonly TaskState[]): PeoplePlan {
  const holders = new Map<string, Holder>();
  for (const task of known.tasks.values())
    holders.set(task.id, { holder: task.claimedBy ?? task.assignee, pool: task.pool });
  for (const task of tasks) {
    const before = known.tasks.get(task.id);
    const claim = before?.assignment === task.assignment ? before.claimedBy : null;
    holders.set(task.id, { holder: claim ?? task.assignee, pool: task.pool });
  }
  const plan: PeoplePlan = { readers: [], notifications: [], ccRoles: [] };
  for (const entry of fresh) planEntry(known, entry, { holders, plan });
  return { ...plan, readers: unique(plan.readers, ({ person_id, why }) => `${person_id} ${why}`) };
}

const noticeKinds: Readonly<Record<Notice['kind'], NotificationKind>> = {
  reminder: 'task_reminder',
  overdue: 'task_overdue',
  escalation: 'escalation',
  absent: 'holder_absent',
  cc: 'case_cc',
};

/** What whoever gets a task is told, where it is not simply new. */
const openingKinds: ReadonlyMap<string, NotificationKind> = new Map([
  ['task_transferred', 'task_transferred'],
  ['task_returned', 'task_returned'],
  ['task_delegated', 'task_delegated'],
  ['task_resolved', 'task_resolved'],
]);

function openingKind({ event }: DeltaEntry, isSentBack: boolean): NotificationKind {
  return openingKinds.get(isSentBack ? 'task_returned' : event.type) ?? 'task_opened';
}

interface Planning {
  holders: ReadonlyMap<string, Holder>;
  plan: PeoplePlan;
}

function planEntry(known: Known, entry: DeltaEntry, { holders, plan }: Planning): void {
  const { actor } = entry.event;
  const base = { number: known.case.number, title: known.case.title, flow: known.case.flow };
  if (entry.event.type === 'case_started') plan.readers.push({ person_id: known.case.initiator, why: 'initiator' });
  for (const assigned of assignedBy(entry, known)) planAssigned(assigned);
  for (const { by } of entry.closed) if (by !== null) plan.readers.push({ person_id: by, why: 'holder' });
  for (const [index, notice] of entry.notices.entries()) planNotice(notice, `${known.case.id}:${entry.rev}:${index}`);
  if (isEnd(entry) && known.case.initiator !== actor) {
    const kind = endKind(entry);
    const params = { ...base, outcome: entry.case.outcome };
    plan.notifications.push({
      person_id: known.case.initiator,
      role: null,
      task_id: null,
      kind,
      params,
      dedupe: `${known.case.id}:${entry.rev}:${kind}`,
    });
  }

  function planAssigned({ assignee, task, step, addedBy, returnedBy }: Assigned): void {
    plan.readers.push({ person_id: assignee, why: 'holder' });
    if (assignee === (actor ?? returnedBy)) return;
    const kind = addedBy === null ? openingKind(entry, returnedBy !== null) : 'signer_added';
    plan.notifications.push({
      person_id: assignee,
      role: null,
      task_id: task,
      kind,
      params: { ...base, step, by: addedBy ?? actor ?? returnedBy },
      dedupe: `${known.case.id}:${entry.rev}:${kind}:${task}`,
    });
  }

  function planNotice(notice: Notice, name: string): void {
    const kind = noticeKinds[notice.kind];
    const { persons, roles } = receivers(notice, holders);
    const common = { task_id: notice.task, kind, params: { ...base, step: notice.step }, dedupe: `${name}:${kind}` };
    plan.notifications.push(
      ...persons.map((person_id) => ({ ...common, person_id, role: null })),
      ...roles.map((role) => ({ ...common, person_id: null, role })),
    );
    // Told of a case is able to look at it.
    plan.readers.push(...persons.map((person_id) => ({ person_id, why: 'cc' as const })));
    if (notice.kind === 'cc' || notice.kind === 'escalation') plan.ccRoles.push(...roles);
  }
}

interface Assigned {
  assignee: string;
  task: string;
  step: string;
  /** Who added them to an approval; asked when their turn comes, whatever event brings it. */
  addedBy: string | null;
  /** Who sent the work back, where the people for it were looked up since. */
  returnedBy: string | null;
}

function assignedBy(entry: DeltaEntry, known: Known): Assigned[] {
  const isLookedUp = entry.event.type === 'people_resolved';
  const opened = entry.opened.map(({ assignee, task, step, returnedBy, explanation: { policy, by = null } }) => {
    const addedBy = policy === 'added' ? by : null;
    return { assignee, task, step, addedBy, returnedBy: isLookedUp ? returnedBy : null };
  });
  const changed = entry.changed
    .filter(({ task, assignee }) => known.tasks.get(task)?.assignee !== assignee)
    .map(({ assignee, task }) => {
      return {
        assignee,
        task,
        step: known.tasks.get(task)?.step ?? entry.event.step ?? '',
        addedBy: null,
        returnedBy: null,
      };
    });
  return [...opened, ...changed].flatMap(({ assignee, ...rest }) => (assignee === null ? [] : [{ assignee, ...rest }]));
}

function isEnd({ case: { status } }: DeltaEntry): boolean {
  return status === 'completed' || status === 'cancelled';
}

function endKind({ case: { status } }: DeltaEntry): NotificationKind {
  return status === 'completed' ? 'case_completed' : 'case_cancelled';
}

function receivers(notice: Notice, holders: ReadonlyMap<string, Holder>): { persons: string[]; roles: string[] } {
  if (notice.to !== 'holders')
    return 'persons' in notice.to
      ? { persons: notice.to.persons, roles: [] }
      : { persons: [], roles: [notice.to.role] };
  const held = notice.task === null ? undefined : holders.get(notice.task);
  if (held === undefined) return { persons: [], roles: [] };
  if (held.holder !== null) return { persons: [held.holder], roles: [] };
  return { persons: [], roles: held.pool === null ? [] : [held.pool] };
}

/** One hint a task, one for the case: whoever may know of it re-reads. */
export function planHints(
  known: Known,
  tasks: readonly TaskState[],
  { readers, notifications }: PeoplePlan,
): HintMessage[] {
  const persons = unique([known.case.initiator, ...known.readers, ...readers.map((row) => row.person_id)], (id) => id);
  const caseHint: HintMessage = { kind: 'case', caseId: known.case.id, taskId: null, persons, pools: [] };
  const { communityId } = known.case;
  const watchHint: HintMessage = { ...caseHint, kind: 'watch', persons: [], watchedIn: communityId };
  const taskHints = tasks.map((task): HintMessage => {
    const before = known.tasks.get(task.id);
    const held = [task.assignee, task.closedBy, before?.assignee, before?.claimedBy].filter(
      (id) => typeof id === 'string',
    );
    const pools = unique(
      [task.pool, before?.pool].filter((role) => typeof role === 'string'),
      (role) => role,
    );
    return {
      kind: 'task',
      caseId: known.case.id,
      taskId: task.id,
      persons: unique(held, (id) => id),
      pools: pools.map((role) => ({ role, communityId })),
    };
  });
  return [...taskHints, caseHint, watchHint, ...noticeHints(known, notifications)];
}

function noticeHints(known: Known, notifications: readonly NotificationRow[]): HintMessage[] {
  if (notifications.length === 0) return [];
  const persons = notifications.map(({ person_id }) => person_id).filter((id) => id !== null);
  const roles = unique(
    notifications.map(({ role }) => role).filter((role) => role !== null),
    (role) => role,
  );
  const pools = roles.map((role) => ({ role, communityId: known.case.communityId }));
  return [{ kind: 'notification', caseId: known.case.id, taskId: null, persons: unique(persons, (id) => id), pools }];
}

function unique<T>(items: readonly T[], name: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [name(item), item])).values()];
}
