// Whom somebody chooses for later steps, when starting a case or completing a task.
import type { ChoiceItem, PersonItem } from '#lib/api/types.gen.ts';

export class ChosenPeople {
  #byStep = $state.raw<Record<string, PersonItem[]>>({});

  of(step: string): PersonItem[] {
    return this.#byStep[step] ?? [];
  }

  choose(step: string, people: PersonItem[]): void {
    this.#byStep = { ...this.#byStep, [step]: people };
  }

  clear(): void {
    this.#byStep = {};
  }

  /** Everybody who must be chosen is. */
  isWhole(asked: readonly ChoiceItem[]): boolean {
    return asked.every(({ step, required }) => !required || this.of(step).length > 0);
  }

  /** What the command carries; nothing where nothing was chosen. */
  body(asked: readonly ChoiceItem[]): { choices?: Record<string, string[]> } {
    const chosen = asked.filter(({ step }) => this.of(step).length > 0);
    if (chosen.length === 0) return {};
    return { choices: Object.fromEntries(chosen.map(({ step }) => [step, this.of(step).map(({ id }) => id)])) };
  }
}
