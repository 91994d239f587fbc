// What a person does with the account itself; a fault becomes a toast.
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import { session } from '#lib/api/session.svelte.ts';
import { changeLocale, type Locale } from '#lib/i18n/locale.ts';
import { toasts } from '#lib/parts/toasts.svelte.ts';

/** Keeps the language with the person, then switches this page to it. */
export async function saveLocale(locale: Locale): Promise<void> {
  try {
    await api.send('PATCH', '/api/me', { locale });
    changeLocale(locale);
  } catch (error) {
    toasts.show(problemText(error), { tone: 'danger' });
  }
}

export function signOut(): Promise<void> {
  return leave({ everywhere: false });
}

/** On every device: for one that was lost. */
export function signOutEverywhere(): Promise<void> {
  return leave({ everywhere: true });
}

async function leave(where: { everywhere: boolean }): Promise<void> {
  try {
    await session.signOut(where);
    await goto(resolve('/sign-in'));
  } catch (error) {
    toasts.show(problemText(error), { tone: 'danger' });
  }
}
