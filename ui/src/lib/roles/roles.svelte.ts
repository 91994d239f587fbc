// Roles as administrators keep them: what each may, who holds it where, giving and taking. What was taken can be given back at once.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import type { RoleGrant, RoleGrants, RoleInfo, RoleTable } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';
import { toasts } from '#lib/parts/toasts.svelte.ts';
import { removeById } from '#lib/upsert.ts';

export class RolesDesk {
  table = $state.raw<RoleTable | undefined>();
  error = $state('');
  /** Who holds the chosen role. */
  grants = $state.raw<RoleGrant[] | undefined>();
  grantsError = $state('');
  /** There are more of them: where they begin. */
  next = $state<string | null>(null);
  busy = $state(false);
  #chosen = '';

  async load(): Promise<void> {
    try {
      this.table = await api.get<RoleTable>('/api/roles');
      this.error = '';
    } catch (error) {
      this.error = problemText(error);
    }
  }

  async choose(role: string): Promise<void> {
    this.#chosen = role;
    this.grants = undefined;
    this.next = null;
    if (role !== '') await this.readGrants();
  }

  /** From the first on, as many as are shown. */
  readGrants(): Promise<void> {
    return this.#read([], null, this.grants?.length ?? 0);
  }

  moreGrants(): Promise<void> {
    return this.#read(this.grants ?? [], this.next);
  }

  async #read(before: RoleGrant[], cursor: string | null, wanted = 0): Promise<void> {
    const role = this.#chosen;
    try {
      const page = await api.get<RoleGrants>('/api/role-grants', { role, ...(cursor === null ? {} : { cursor }) });
      if (role !== this.#chosen) return;
      const items = [...before, ...page.items];
      if (items.length < wanted && page.next !== null) {
        await this.#read(items, page.next, wanted);
        return;
      }
      this.grants = items;
      this.next = page.next;
      this.grantsError = '';
    } catch (error) {
      if (role === this.#chosen) this.grantsError = problemText(error);
    }
  }

  /** What went wrong in words; undefined: given. */
  async give(role: RoleInfo, personId: string, communityId: string | null): Promise<string | undefined> {
    this.busy = true;
    try {
      const { person } = await api.send<RoleGrant>('POST', '/api/role-grants', {
        role: role.key,
        personId,
        communityId,
      });
      toasts.show(m.roles_given({ name: person.name, role: localText(role.title) }), { tone: 'accent' });
    } catch (error) {
      return problemText(error);
    } finally {
      this.busy = false;
    }
    await this.#again();
    return undefined;
  }

  async take(role: RoleInfo, grant: RoleGrant): Promise<void> {
    this.busy = true;
    try {
      await api.send('DELETE', `/api/role-grants/${grant.id}`);
      this.grants = removeById(this.grants ?? [], grant.id);
      const { person, community } = grant;
      toasts.show(m.roles_taken({ name: person.name, role: localText(role.title) }), {
        action: { label: m.roles_undo(), run: () => void this.#giveBack(role, person.id, community?.id ?? null) },
        stayMs: 10_000,
      });
    } catch (error) {
      toasts.show(problemText(error), { tone: 'danger' });
    } finally {
      this.busy = false;
    }
    await this.#again();
  }

  async #giveBack(role: RoleInfo, personId: string, communityId: string | null): Promise<void> {
    const fault = await this.give(role, personId, communityId);
    if (fault !== undefined) toasts.show(fault, { tone: 'danger' });
  }

  /** Numbers and names after a change. */
  async #again(): Promise<void> {
    await Promise.all([this.load(), this.readGrants()]);
  }
}
