// Pure: what one notification says, its picture, and where it leads. Every kind the server tells with is here: the compiler
// sees to it.
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import Ban from '@lucide/svelte/icons/ban';
import Bell from '@lucide/svelte/icons/bell';
import BellRing from '@lucide/svelte/icons/bell-ring';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleX from '@lucide/svelte/icons/circle-x';
import Handshake from '@lucide/svelte/icons/handshake';
import Inbox from '@lucide/svelte/icons/inbox';
import Megaphone from '@lucide/svelte/icons/megaphone';
import MessageSquare from '@lucide/svelte/icons/message-square';
import MessageCircleQuestionMark from '@lucide/svelte/icons/message-circle-question-mark';
import MessageSquareReply from '@lucide/svelte/icons/message-square-reply';
import PenLine from '@lucide/svelte/icons/pen-line';
import Reply from '@lucide/svelte/icons/reply';
import Send from '@lucide/svelte/icons/send';
import TimerOff from '@lucide/svelte/icons/timer-off';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserX from '@lucide/svelte/icons/user-x';
import type { Notification, NotificationKind } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';

type Values = Record<'step' | 'flow' | 'by', string>;
type Tone = 'plain' | 'warn' | 'danger' | 'accent';

export interface NoticeLook {
  icon: typeof Bell;
  tone: Tone;
  text: (values: Values) => string;
}

export const noticeLooks: Readonly<Record<NotificationKind, NoticeLook>> = {
  task_opened: { icon: Inbox, tone: 'accent', text: m.notice_task_opened },
  task_returned: { icon: Undo2, tone: 'warn', text: m.notice_task_returned },
  task_transferred: { icon: ArrowRightLeft, tone: 'accent', text: m.notice_transferred },
  task_delegated: { icon: Handshake, tone: 'accent', text: m.notice_delegated },
  task_resolved: { icon: Reply, tone: 'accent', text: m.notice_resolved },
  signer_added: { icon: PenLine, tone: 'accent', text: m.notice_signer_added },
  task_reminder: { icon: AlarmClock, tone: 'warn', text: m.notice_reminder },
  task_overdue: { icon: TimerOff, tone: 'danger', text: m.notice_overdue },
  escalation: { icon: Megaphone, tone: 'danger', text: m.notice_escalation },
  holder_absent: { icon: UserX, tone: 'danger', text: m.notice_holder_absent },
  question: { icon: MessageCircleQuestionMark, tone: 'accent', text: m.notice_question },
  answer: { icon: MessageSquareReply, tone: 'plain', text: m.notice_answer },
  urge: { icon: BellRing, tone: 'warn', text: m.notice_urged },
  comment: { icon: MessageSquare, tone: 'plain', text: m.notice_comment },
  case_cc: { icon: Send, tone: 'plain', text: m.notice_cc },
  case_completed: { icon: CircleCheck, tone: 'accent', text: m.notice_completed },
  case_cancelled: { icon: Ban, tone: 'plain', text: m.notice_cancelled },
  command_refused: { icon: CircleX, tone: 'danger', text: m.notice_refused },
};
const other: NoticeLook = { icon: Bell, tone: 'plain', text: m.notice_other };

const isKind = (kind: string): kind is NotificationKind => Object.hasOwn(noticeLooks, kind);

/** A flow may tell with a key of its own: it gets the plain look. */
export function noticeLook({ kind }: Notification): NoticeLook {
  return isKind(kind) ? noticeLooks[kind] : other;
}

function param(notice: Notification, name: string): string | undefined {
  const value = notice.params[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What happened, in a few words. */
export function noticeText(notice: Notification): string {
  const flow = localText(notice.flow) || m.case_title();
  // What a flow tells with a key of its own has its words from the server.
  if (!isKind(notice.kind) && notice.text !== null) return localText(notice.text);
  const values = { flow, step: localText(notice.step) || flow, by: notice.by?.name ?? m.notice_somebody() };
  return noticeLook(notice).text(values);
}

/** The case it is about, its number, and whoever is behind it where the words have not said so; `myId` is not told of oneself. */
export function noticeAbout(notice: Notification, myId: string | undefined): string[] {
  const said = noticeText(notice);
  const person = [notice.by, notice.holder].find((each) => each !== null && each.id !== myId)?.name;
  const parts = [param(notice, 'title'), param(notice, 'number'), person];
  return [...new Set(parts.filter((part) => part !== undefined))].filter((part) => !said.includes(part));
}

const ofTask: readonly string[] = [
  'task_opened',
  'task_transferred',
  'task_returned',
  'task_delegated',
  'task_resolved',
  'signer_added',
  'task_reminder',
  'task_overdue',
  'urge',
  'answer',
  'command_refused',
] satisfies NotificationKind[];

/** It still asks for something and was not looked at. */
export function isUnread({ readAt, ended }: Notification): boolean {
  return readAt === null && !ended;
}

/** Where it leads: to the task where there is something to do, else to its case; owners stay in their portal. */
export function noticeTarget(notice: Notification, place: 'staff' | 'portal'): string | undefined {
  const { taskId, caseId, kind } = notice;
  if (taskId !== null && ofTask.includes(kind) && !notice.ended) {
    const id = encodeURIComponent(taskId);
    return place === 'portal' ? `/portal/tasks/${id}` : `/inbox?view=mine&task=${id}`;
  }
  if (caseId === null) return undefined;
  return place === 'portal' ? `/portal/cases/${caseId}` : `/cases/${caseId}`;
}
