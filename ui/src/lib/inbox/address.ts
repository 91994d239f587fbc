// Where a row leads: the view stays in the address, so that a reload and the back key find the same list.
import type { TaskItem } from '#lib/api/types.gen.ts';
import { views, type View } from './views.ts';
import type { Bindings } from '#lib/keys/keys.svelte.ts';
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';

/** An address within the inbox. */
export type InboxHref = `/inbox?${string}`;

export function rowHref(view: View, row: TaskItem): InboxHref {
  return view.ofCases === true ? `/inbox?view=${view.key}&case=${row.caseId}` : taskHref(view, row.id);
}

export function taskHref(view: View, taskId: string): InboxHref {
  return `/inbox?view=${view.key}&task=${encodeURIComponent(taskId)}`;
}

export function listHref(view: View): InboxHref {
  return `/inbox?view=${view.key}`;
}

/** Goes without moving the page's scroll or focus: the list stays where it is. */
export function goQuietly(href: InboxHref, replace = false): Promise<void> {
  const search = href.slice('/inbox?'.length);
  return goto(resolve(`/(staff)/inbox?${search}`), { reset: false, replace });
}

/** G and one of these goes to its view. */
export const viewLetters = { i: 'mine', p: 'pool', m: 'started', d: 'done', c: 'cc' } as const;

/** G then a letter goes to a view. */
export function viewKeys(): Bindings {
  const entries = Object.entries(viewLetters).flatMap(([letter, key]) => {
    const view = views.find((each) => each.key === key);
    return view
      ? [
          [
            `g ${letter}`,
            () => {
              void goQuietly(listHref(view));
            },
          ] as const,
        ]
      : [];
  });
  return Object.fromEntries(entries);
}
