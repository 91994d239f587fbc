// Pure: what the «more» menu of a task offers its reader, in this order.
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CirclePlay from '@lucide/svelte/icons/circle-play';
import Forward from '@lucide/svelte/icons/forward';
import Hand from '@lucide/svelte/icons/hand';
import Handshake from '@lucide/svelte/icons/handshake';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import MessageCircleQuestionMark from '@lucide/svelte/icons/message-circle-question-mark';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserMinus from '@lucide/svelte/icons/user-minus';
import UserPlus from '@lucide/svelte/icons/user-plus';
import type { TaskDetail } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';
import type { MenuItem } from '#lib/parts/menu.ts';
import type { TaskDesk, TaskDialog } from './desk.svelte.ts';

type Offer = MenuItem & { may: boolean };

export function moreItems(desk: TaskDesk, detail: TaskDetail): MenuItem[] {
  const offers = desk.work.isOpen ? actsOn(desk, detail) : [];
  const talk = { label: m.act_comment(), icon: MessageCircle, hint: 'C', onselect: desk.openTalk.bind(desk) };
  return [...offers.filter(({ may }) => may), talk];
}

function actsOn(desk: TaskDesk, { allow, addedSigners, mayPause, mayResume, pausing }: TaskDetail): Offer[] {
  const asks = (dialog: TaskDialog) => () => {
    desk.dialog = dialog;
  };
  const pauseLabel = localText(pausing?.label) || m.pause_act();
  return [
    { may: allow.return, label: m.act_return(), icon: Undo2, hint: 'B', onselect: asks('return') },
    { may: allow.transfer, label: m.act_transfer(), icon: Forward, hint: 'T', onselect: asks('transfer') },
    { may: allow.delegate, label: m.act_delegate(), icon: Handshake, onselect: asks('delegate') },
    { may: allow.ask, label: m.ask_act(), icon: MessageCircleQuestionMark, onselect: asks('ask') },
    { may: allow.addSigners, label: m.act_add_signers(), icon: UserPlus, onselect: asks('addSigners') },
    {
      may: addedSigners.length > 0,
      label: m.act_remove_signers(),
      icon: UserMinus,
      onselect: asks('removeSigners'),
    },
    { may: mayPause, label: pauseLabel, icon: CirclePause, onselect: asks('pause') },
    { may: mayResume, label: m.pause_resume(), icon: CirclePlay, onselect: () => void desk.resume() },
    { may: allow.release, label: m.act_release(), icon: Hand, onselect: asks('release') },
  ];
}
