// Which act a key press asks for. Pure: the caller gives the press and the keys before it, and does the act.
export interface Press {
  key: string;
  ctrl: boolean;
  /** The person is typing into a field. */
  typing: boolean;
}

/** `G I` is a sequence, `Mod+Enter` works while typing; single letters do not. */
export type Combo = string;

const SEQUENCE_STARTS = new Set(['g']);

export interface Match {
  /** What was pressed, as a combo: `j`, `g i`, `Mod+Enter`. undefined: nothing. */
  combo: Combo | undefined;
  /** The start of a sequence that the next press may finish. */
  pending: string | undefined;
}

const NONE: Match = { combo: undefined, pending: undefined };

/** @param pending what the press before left open; @param singleKeys false: only combos with Ctrl or ⌘ */
export function readPress(press: Press, pending: string | undefined, singleKeys = true): Match {
  if (press.ctrl) return press.key === 'Enter' ? { combo: 'Mod+Enter', pending: undefined } : NONE;
  if (press.key === 'Escape') return { combo: 'Escape', pending: undefined };
  if (press.typing || press.key === '') return NONE;
  return readLetter(press.key, pending, singleKeys);
}

function readLetter(pressed: string, pending: string | undefined, singleKeys: boolean): Match {
  const isSingle = pressed.length === 1;
  if (isSingle && !singleKeys) return NONE;
  const key = isSingle ? pressed.toLowerCase() : pressed;
  if (pending !== undefined) return { combo: `${pending} ${key}`, pending: undefined };
  if (SEQUENCE_STARTS.has(key)) return { combo: undefined, pending: key };
  return { combo: key, pending: undefined };
}

/** True for elements that take letters themselves. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

/** Enter and Space on a focused control are that control's own. */
export function isOnControl(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('button, a, [role="menuitem"], [role="tab"], [role="radio"]') !== null
  );
}
