// Verbs in words, and whether a role holds one.
import type { RoleInfo, RoleTable, VerbInfo } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';

/** As verb_matches of the server: what a role holds covers itself, `*` everything, `record.read:*` every form type. */
export function holds({ may }: Pick<RoleInfo, 'may'>, verb: string): boolean {
  return may.some(
    (held) => held === '*' || held === verb || (held.endsWith(':*') && verb.startsWith(held.slice(0, -1))),
  );
}

/** 维护资料 · 员工 */
export function verbText({ verb, title, about }: VerbInfo): string {
  const subject = verb.endsWith(':*') ? m.roles_all_forms() : localText(about);
  return [localText(title), subject].filter((text) => text !== '').join(' · ');
}

/** Lines of the table: verbs of one kind together, in the order of the server. */
export function verbsOf(table: RoleTable, role: RoleInfo): VerbInfo[] {
  return table.verbs.filter(({ verb }) => role.may.includes(verb));
}
