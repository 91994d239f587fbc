// What an owner's pages share: the unit they stand for now, their cases, what waits for them. Read once, re-read on hints.
import { api } from '#lib/api/client.ts';
import { touchesTasks } from '#lib/api/hint.ts';
import { live } from '#lib/api/live.svelte.ts';
import { session } from '#lib/api/session.svelte.ts';
import type { CaseItem, CasePage, TaskItem, TaskPage, UnitRef } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';
import { upsertById } from '#lib/upsert.ts';

const REREAD_AFTER_MS = 150;

class Portal {
  cases = $state.raw<CaseItem[]>([]);
  tasks = $state.raw<TaskItem[]>([]);
  /** How far each case is, 0…1, as it was read last: a bar never shrinks for the lack of a network. */
  shares = $state<Record<string, number>>({});
  next = $state<string | null>(null);
  state = $state<'loading' | 'ready'>('loading');
  /** What was read before stays on screen beside it. */
  fault = $state<unknown>();
  #chosen = $state(localStorage.getItem('portal.unit') ?? '');
  #timer: ReturnType<typeof setTimeout> | undefined;

  get units(): UnitRef[] {
    return session.me?.units ?? [];
  }
  /** The unit chosen on this device while it is still the person's, else the first. */
  get unit(): UnitRef | undefined {
    return this.units.find((unit) => unit.id === this.#chosen) ?? this.units[0];
  }
  choose(unitId: string): void {
    this.#chosen = unitId;
    localStorage.setItem('portal.unit', unitId);
  }

  get running(): CaseItem[] {
    return this.cases.filter((item) => isRunning(item));
  }
  get finished(): CaseItem[] {
    return this.cases.filter((item) => !isRunning(item));
  }

  /** Called once by the layout; returns what stops it. */
  watch(): () => void {
    void this.load();
    return live.on((hint) => {
      if (!touchesTasks(hint)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.load(), REREAD_AFTER_MS);
    });
  }

  /** Never throws: a fault stands in `fault`. */
  async load(): Promise<void> {
    try {
      const [cases, tasks] = await Promise.all([
        api.get<CasePage>('/api/cases', { view: 'started' }),
        api.get<TaskPage>('/api/tasks', { view: 'mine' }),
      ]);
      const known = new Set(cases.items.map((item) => item.id));
      this.cases = [...cases.items, ...this.cases.filter((item) => !known.has(item.id))];
      if (this.state === 'loading') this.next = cases.next;
      this.tasks = tasks.items;
      this.state = 'ready';
      this.fault = undefined;
    } catch (error) {
      this.fault = error;
    }
  }

  async more(): Promise<void> {
    if (this.next === null) return;
    try {
      const page = await api.get<CasePage>('/api/cases', { view: 'started', cursor: this.next });
      this.cases = upsertById(this.cases, page.items);
      this.next = page.next;
    } catch (error) {
      this.fault = error;
    }
  }
}

export function isRunning(item: CaseItem): boolean {
  return item.status === 'running' || item.status === 'starting' || item.status === 'suspended';
}

/** How it ended, in one word. */
export function endWord({ status, outcome }: CaseItem): string {
  if (status !== 'cancelled') return m.status_completed();
  return outcome === 'withdrawn' ? m.status_withdrawn() : m.status_cancelled();
}

export const portal = new Portal();
