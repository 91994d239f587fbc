// Listens to the keyboard for a page: a table of combos and what they do. Off while typing, off in dialogs.
import { prefs } from '#lib/prefs.svelte.ts';
import { isOnControl, isTyping, readPress, type Combo } from './keys.ts';

const SEQUENCE_MS = 1_200;

export type Bindings = Partial<Record<Combo, () => void>>;

/** Who listens, the latest last: what was opened on top of the rest is asked first, and one act answers a press. */
const tables: (() => Bindings)[] = [];
let pending: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Starts listening; returns what ends it. `bindings` is asked at each press, so that it may depend on state. */
export function listenKeys(bindings: () => Bindings): () => void {
  if (tables.length === 0) addEventListener('keydown', onkeydown);
  tables.push(bindings);
  return () => {
    tables.splice(tables.indexOf(bindings), 1);
    if (tables.length === 0) removeEventListener('keydown', onkeydown);
  };
}

function onkeydown(event: KeyboardEvent): void {
  if (isNotOurs(event)) return;
  const press = { key: event.key, ctrl: event.ctrlKey || event.metaKey, typing: isTyping(event.target) };
  const match = readPress(press, pending, prefs.singleKeys);
  pending = match.pending;
  clearTimeout(timer);
  if (pending !== undefined) timer = setTimeout(() => (pending = undefined), SEQUENCE_MS);
  const act = match.combo === undefined ? undefined : actOf(match.combo);
  if (!act) return;
  event.preventDefault();
  act();
}

function actOf(combo: Combo): (() => void) | undefined {
  for (const bindings of tables.toReversed()) {
    const act = bindings()[combo];
    if (act) return act;
  }
  return undefined;
}

/** Esc in a field leaves the field first: what one writes does not vanish with a slip. Says whether one was in a field. */
export function leaveField(): boolean {
  const field = document.activeElement;
  if (!isTyping(field)) return false;
  field?.closest('article')?.focus({ preventScroll: true });
  return true;
}

/** Already handled, part of a word being composed, in a dialog or on what opened one, or Enter on a control that has its own meaning. */
function isNotOurs(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.altKey || event.isComposing || inDialog(event.target)) return true;
  return event.key === 'Enter' && !event.ctrlKey && !event.metaKey && isOnControl(event.target);
}

function inDialog(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('[role="dialog"], [role="menu"], [aria-expanded="true"]') !== null
  );
}
