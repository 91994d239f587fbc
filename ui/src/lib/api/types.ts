// The API's shapes as the screens use them. One import for all of ui/.

export interface FieldProblem {
  /** JSON pointer into the request, e.g. /fields/phone */
  path: string;
  code: string;
  params?: Record<string, unknown>;
}

/** RFC 9457 document; further members depend on the code. */
export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  errors?: FieldProblem[];
  params?: Record<string, unknown>;
  [more: string]: unknown;
}

export interface PersonRef {
  id: string;
  name: string;
}

export interface Community {
  id: string;
  name: string;
}

export interface Me {
  id: string;
  username: string;
  name: string;
  locale: 'zh-CN' | 'en' | null;
  /** staff work in the inbox, owners in the portal; one person may be both */
  isStaff: boolean;
  isOwner: boolean;
  timeZone: string;
  communities: Community[];
  may: string[];
}

export interface DemoAccount {
  username: string;
  title: string;
  description: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type TaskView = 'mine' | 'pool' | 'today' | 'overdue' | 'snoozed' | 'done' | 'started' | 'cc';
export type TaskState = 'open' | 'completing' | 'done' | 'cancelled';
export type CaseStatus = 'starting' | 'running' | 'suspended' | 'completed' | 'cancelled';

export interface SummaryField {
  field: string;
  label: string;
  value: string;
}

export type TaskBadge = 'returned' | 'delegated' | 'urged' | 'added' | 'acting';

/** A line of the inbox. In the views `started` and `cc` it stands for a case: taskId is then null. */
export interface TaskItem {
  id: string;
  taskId: string | null;
  caseId: string;
  number: string;
  title: string;
  flow: string;
  flowTitle: string;
  step: string;
  stepTitle: string;
  state: TaskState;
  status: CaseStatus;
  initiator: PersonRef;
  holder: PersonRef | null;
  pool: string | null;
  community: Community | null;
  summary: SummaryField[];
  badges: TaskBadge[];
  urged: number;
  openedAt: string;
  dueAt: string | null;
  paused: boolean;
  closedAt: string | null;
  outcome: string | null;
  unread: boolean;
}
