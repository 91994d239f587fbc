// One form on screen: values, what is shown and required now, what is wrong and where. The components only draw it.
import { untrack, type Component } from 'svelte';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { buildModel } from './model/build.ts';
import { fieldOf, fromServer, problemAt, strayProblems } from './model/problems.ts';
import type { Compute } from './model/compute.ts';
import type {
  Access,
  FieldModel,
  FieldProblem,
  FormSchema,
  Layout,
  SectionModel,
  Values,
  Widget,
} from './model/types.ts';
import { judgeOf } from './model/validate.ts';
import { isEmpty, isSame } from './model/values.ts';
import { simpleConditions } from './model/simple.ts';
import { hasConditions, shownFields, type Evaluate } from './model/visible.ts';
import { overlay, toldEarly, type Prepared } from './prepared.ts';

export interface FormSource {
  /** Handed in, so that a sub-table's cells can show every widget without importing the table again. */
  readonly widgets: Readonly<Record<Widget, Component<WidgetProps>>>;
  readonly schema: FormSchema;
  readonly layout: Layout;
  readonly permissions: Partial<Record<string, Access>>;
  readonly readonly: boolean;
  readonly values: Values;
  readonly errors: readonly FieldProblem[];
  readonly labels: Readonly<Record<string, string>>;
  readonly community: string | undefined;
  readonly zone: string;
  readonly phrases: Readonly<Record<string, string[]>>;
  /** What the act would set and refuse by itself. */
  readonly prepared: Prepared;
  write: (values: Values) => void;
  learn: (labels: Record<string, string>) => void;
}

/** Photos of a field that are not there yet, and how many of them did not get through. */
export interface Uploading {
  open: number;
  failed: number;
}

export class FormState {
  readonly id: string;
  readonly #source: FormSource;
  /** Fields that were left once: their mistakes are told before sending. */
  readonly #left = new SvelteSet<string>();
  /** Photos still on their way, by field. */
  readonly #busy = new SvelteMap<string, Uploading>();
  #whenSettled: ((all: boolean) => void)[] = [];
  #checked = $state(false);
  #evaluate = $state.raw<Evaluate | null>(null);
  #compute = $state.raw<Compute | null>(null);

  constructor(id: string, source: FormSource) {
    this.id = id;
    this.#source = source;
  }

  readonly model = $derived.by(() => buildModel(this.#source));
  /** The values as shown: with what the act would set by itself, and what the form type computes. */
  readonly seen = $derived.by(() => {
    const { values, prepared, permissions } = this.#source;
    const laid = overlay(values, prepared.set, permissions);
    return this.#compute ? this.#compute(laid) : laid;
  });
  /** Null where a condition takes the evaluator. */
  readonly #simple = $derived.by(() => simpleConditions(this.model));
  readonly shown = $derived.by(() => shownFields(this.model, this.seen, this.#simple ?? this.#evaluate));
  /** Fields on screen: what may only be read is left out while it is empty, unless all is read. */
  readonly sections = $derived.by((): SectionModel[] =>
    this.model.sections
      .map((section) => ({ ...section, fields: section.fields.filter((field) => this.#isOnScreen(field)) }))
      .filter(({ fields }) => fields.some(({ access, name }) => access === 'edit' || !isEmpty(this.seen[name]))),
  );
  readonly #judge = $derived.by(() => judgeOf(this.#source.schema, this.#source.permissions, this.model));
  readonly required = $derived.by(() => this.#judge.required(this.seen));
  readonly #own = $derived.by(() => this.#judge.problems(this.#source.values, this.shown));
  readonly #whenAnswered = $derived.by(() => {
    if (this.#source.errors.length === 0) return {};
    return untrack(() => $state.snapshot(this.#source.values));
  });
  /** The server's findings, each until its field is changed. */
  readonly #theirs = $derived.by(() =>
    fromServer(this.#source.errors).filter((problem) => {
      const name = fieldOf(problem.path);
      return isSame(this.#source.values[name], this.#whenAnswered[name]);
    }),
  );
  /** What is on its way is not missing: whoever submits waits for it (`settled`). */
  readonly #unmet = $derived.by(() =>
    this.#own.filter(({ path, code }) => code !== 'required' || (this.#busy.get(path)?.open ?? 0) === 0),
  );
  readonly problems = $derived.by(() => {
    const own = this.#checked
      ? this.#unmet
      : this.#own.filter((p) => p.code !== 'required' && this.#left.has(fieldOf(p.path)));
    return [...own, ...this.#theirs, ...this.#early];
  });
  /** Refusals that are told before anything is sent; never a reason not to send. */
  readonly #early = $derived.by(() => {
    const { prepared, values, permissions } = this.#source;
    const met = (name: string): boolean => this.#checked || this.#left.has(name);
    return toldEarly(prepared.refusals, { values, permissions, met }).filter(
      ({ path }) => !this.#theirs.some((problem) => problem.path === path),
    );
  });
  readonly #names = $derived.by(() => this.sections.flatMap(({ fields }) => fields.map(({ name }) => name)));
  readonly stray = $derived.by(() => strayProblems(this.#theirs, this.#names));
  /** Early refusals of no field on screen. */
  readonly strayEarly = $derived.by(() => strayProblems(this.#early, this.#names));

  get widgets(): Readonly<Record<Widget, Component<WidgetProps>>> {
    return this.#source.widgets;
  }
  get values(): Values {
    return this.#source.values;
  }
  get labels(): Readonly<Record<string, string>> {
    return this.#source.labels;
  }
  get community(): string | undefined {
    return this.#source.community;
  }
  get phrases(): Readonly<Record<string, string[]>> {
    return this.#source.phrases;
  }
  get zone(): string {
    return this.#source.zone;
  }
  /** Nothing in it can be written: it reads as a document. */
  readonly isDocument = $derived.by(() => this.model.fields.every((field) => field.access === 'read'));

  /** Fetches the evaluator when the layout has conditions that take it. Conditional fields stay as they are until it is here. */
  async loadConditions(): Promise<void> {
    if (!hasConditions(this.model) || this.#simple !== null) return;
    const { model, zone } = this;
    const { conditionsOf } = await import('./model/feel.ts');
    this.#evaluate = conditionsOf(model, zone);
  }

  /** Fetches it when the form computes from what is written here. Until then, computed fields keep their stored values. */
  async loadFormulas(): Promise<void> {
    const { schema, readonly } = this.#source;
    if (readonly || this.isDocument || !this.model.fields.some(isComputing)) return;
    const { computeOf } = await import('./model/compute.ts');
    this.#compute = computeOf(schema);
  }

  #isOnScreen(field: FieldModel): boolean {
    if (!this.shown.has(field.name)) return false;
    return this.isDocument || field.access === 'edit' || !isEmpty(this.seen[field.name]);
  }

  set(name: string, value: unknown): void {
    this.#source.write({ ...this.#source.values, [name]: value });
  }
  learn(labels: Record<string, string>): void {
    this.#source.learn(labels);
  }
  leave(path: string): void {
    this.#left.add(fieldOf(path));
  }
  setBusy(path: string, uploading: Uploading): void {
    this.#busy.set(path, uploading);
    const { open, failed } = this.uploading;
    if (open > 0 && failed === 0) return;
    const waiting = this.#whenSettled;
    this.#whenSettled = [];
    for (const tell of waiting) tell(open === 0);
  }
  /** Of all fields together. */
  get uploading(): Uploading {
    const all = [...this.#busy.values()];
    const sum = (of: keyof Uploading): number => all.reduce((total, each) => total + each[of], 0);
    return { open: sum('open'), failed: sum('failed') };
  }
  /** Waits for the photos on their way. False: one did not get through, and its field says so. */
  settled(): Promise<boolean> {
    const { open, failed } = this.uploading;
    if (open === 0 || failed > 0) return Promise.resolve(open === 0);
    return new Promise((resolve) => this.#whenSettled.push(resolve));
  }
  problemAt(path: string): FieldProblem | undefined {
    const waiting = this.#checked && (this.#busy.get(path)?.failed ?? 0) > 0;
    return waiting ? { path, code: 'still_uploading' } : problemAt(this.problems, path);
  }

  /** From now on every mistake is told. Returns the path of the first one, or undefined when all is well. */
  check(): string | undefined {
    this.#checked = true;
    const failed = [...this.#busy].filter(([, uploading]) => uploading.failed > 0).map(([path]) => path);
    const wrong = [...this.#unmet.map((problem) => problem.path), ...failed];
    const order = (path: string): number => this.model.fields.findIndex((field) => field.name === fieldOf(path));
    return wrong.sort((a, b) => order(a) - order(b))[0];
  }
}

/** Its value follows from others. */
function isComputing({ kind, columns }: FieldModel): boolean {
  return kind === 'computed' || columns.some((column) => column.kind === 'computed');
}

/** The id of the control of a place: `/lines/2/amount` → `c3-lines-2-amount`. */
export function controlId(formId: string, path: string): string {
  return formId + path.replaceAll('/', '-');
}

/** What a control needs to be named, described and told wrong. Spread on the element one focuses. */
export interface Control {
  id: string;
  'aria-labelledby': string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

export interface WidgetProps {
  field: FieldModel;
  value: unknown;
  onchange: (value: unknown) => void;
  control: Control;
  form: FormState;
  path: string;
  required: boolean;
}
