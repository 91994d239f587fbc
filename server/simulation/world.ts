/**
 * Answers what a dry run asks: people by the very resolver of the worker, records and roles as they are, all in one transaction that only
 * reads. It keeps the record as the case would, and never runs an activity.
 */
import { ApplicationFailure } from '@temporalio/common';
import { activities } from '../../activities/index.ts';
import { isEmpty, withoutEmpty } from '../../forms/empty.ts';
import { validateAct } from '../../forms/validate.ts';
import type { Permissions, Values } from '../../forms/types.ts';
import type { ActivityAnswer, Answer, Question, Refused, Write } from '../../workflows/engine/dry-run/index.ts';
import { durationMs } from '../../workflows/engine/duration.ts';
import type { Prepare, ServiceTask } from '../../workflows/engine/flow.gen.ts';
import type { Vars } from '../../workflows/engine/types.ts';
import { actionsOf, isHumanStep, permissionsOf } from '../commands/access.ts';
import { itemsAround, mapInput, misfits, patchOf } from '../commands/activity-input.ts';
import { readDeciderOf } from '../commands/facts.ts';
import { varsOf } from '../commands/message.ts';
import { patchBy } from '../commands/messages/deliver.ts';
import { prepareAct } from '../commands/prepare/index.ts';
import { withEngine, type Tx } from '../db/as.ts';
import { computeFields, computeRows } from '../db/records/compute.ts';
import { checkPersons } from '../db/records/persons.ts';
import { checkRefs } from '../db/records/refs.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import { AppError, type FieldError } from '../errors.ts';
import { resolveWithin, type Ahead } from '../worker/resolve-people.ts';
import { answerCall, type CallEffect } from './call.ts';

/** What would be refused in earnest and was let pass. */
export interface Warning {
  code: 'field_required' | 'initiator_may_not_start';
  step: string | null;
  field: string | null;
}
export interface Place {
  flow: PublishedFlow;
  communityId: string | null;
  number: string | null;
  /** What the activity of each service step is taken to answer: of several, each time the next. */
  outputs: Readonly<Record<string, Output | Output[]>>;
}
interface Output {
  output?: Values;
  error?: string;
  after?: string;
}

/** The rules know the case by its state alone. */
const noCase = '00000000-0000-0000-0000-000000000000';

export class World {
  /** The record as the case has it so far. */
  fields: Values;
  readonly warnings: Warning[] = [];
  private readonly tx: Tx;
  private readonly place: Place;
  private readonly members = new Map<string, string | null>();
  /** How often the activity of a step was asked for, and what it says, by effect: of one that takes its time only in the end. */
  private readonly turns = new Map<string, number>();
  private readonly said = new Map<number, { answer: ActivityAnswer; isScripted: boolean }>();

  constructor(tx: Tx, place: Place, fields: Values = {}) {
    this.tx = tx;
    this.place = place;
    this.fields = fields;
  }

  answer(question: Question): Promise<Answer> {
    switch (question.ask) {
      case 'people':
        return this.people(question);
      case 'member':
        return this.member(question);
      case 'activity':
        return Promise.resolve({ activity: this.activity(question) });
      case 'heard':
        return Promise.resolve({ vars: this.heard(question) });
      case 'call':
        return this.call(question.effect);
      case 'write':
        return this.write(question.write);
      default:
        return question;
    }
  }

  // ---------------------------------------------------------------------------------------------- people

  private people({ effect, at }: Extract<Question, { ask: 'people' }>): Promise<Answer> {
    const { type: _type, id: _id, step: _step, ...asked } = effect;
    return withEngine(this.tx, async (): Promise<Answer> => {
      try {
        return { people: await resolveWithin(this.tx, { caseId: noCase, ...asked }, this.ahead(at)) };
      } catch (error) {
        if (!(error instanceof ApplicationFailure)) throw error;
        return { refused: { code: error.type ?? 'activity_failed', params: {} } };
      }
    });
  }

  private ahead(at: number): Ahead {
    return { at: new Date(at), flow: this.place.flow.key };
  }

  private async member({ role, at }: Extract<Question, { ask: 'member' }>): Promise<Answer> {
    const known = this.members.get(role);
    if (known !== undefined) return { member: known };
    const { communityId: community } = this.place;
    const request = {
      caseId: noCase,
      assign: { rule: 'role' as const, role },
      community,
      initiator: noCase,
      previous: null,
    };
    const { persons } = await withEngine(this.tx, () => resolveWithin(this.tx, request, this.ahead(at)));
    const member = persons[0] ?? null;
    this.members.set(role, member);
    return { member };
  }

  // ---------------------------------------------------------------------------------------------- activities

  private activity({ effect, isOver }: Extract<Question, { ask: 'activity' }>): ActivityAnswer {
    const step = this.place.flow.steps.get(effect.step)?.step;
    if (step?.kind !== 'serviceTask') throw new Error(`${effect.step} calls no activity`);
    const said = this.said.get(effect.id) ?? this.say(step, effect);
    this.said.set(effect.id, said);
    const { answer, isScripted } = said;
    const isNow = isOver || answer.afterMs === undefined;
    if (!isNow || !isScripted || answer.error !== null) return answer;
    return { ...answer, vars: this.patched(patchOf(step, answer.output)) };
  }

  private say(step: ServiceTask, effect: ActivityEffect): { answer: ActivityAnswer; isScripted: boolean } {
    const given = this.nextOutput(step.id);
    return { answer: this.scripted(step, effect, given), isScripted: given.output !== undefined };
  }

  private scripted(step: ServiceTask, effect: ActivityEffect, given: Output): ActivityAnswer {
    const { output = {}, error = null, after } = given;
    const told = { ...this.mapped(step, effect), output, error, vars: {} };
    const afterMs = after === undefined ? undefined : durationMs(after);
    const withinMs = withinOf(effect.activity, told.input);
    if (afterMs !== undefined && afterMs > withinMs)
      return { ...told, output: {}, error: 'callback_timeout', isBusiness: true, afterMs: withinMs };
    const isBusiness = error !== null && Object.hasOwn(activities.get(effect.activity)?.errors ?? {}, error);
    return { ...told, isBusiness, ...(afterMs === undefined ? {} : { afterMs }) };
  }

  private nextOutput(step: string): Output {
    const { outputs } = this.place;
    const given = Object.hasOwn(outputs, step) ? [outputs[step] ?? []].flat() : [];
    const turn = this.turns.get(step) ?? 0;
    this.turns.set(step, turn + 1);
    return given[Math.min(turn, given.length - 1)] ?? {};
  }

  private heard({ takers, fields }: Extract<Question, { ask: 'heard' }>): Vars {
    const { flow } = this.place;
    return this.patched(Object.assign({}, ...takers.map((each) => patchBy(flow, each, fields))) as Values);
  }

  private patched(patch: Values): Vars {
    this.merge(patch);
    return varsOf(this.place.flow, patch);
  }

  private async call(effect: CallEffect): Promise<Answer> {
    const { flow } = this.place;
    const script = this.nextOutput(effect.step);
    const { answer, patch } = await answerCall(this.tx, { flow, effect, values: this.values(effect), script });
    this.merge(patch);
    return { call: { ...answer, vars: varsOf(flow, patch) } };
  }

  private values(effect: ActivityEffect | CallEffect): Values {
    const { flow, number } = this.place;
    return { ...this.fields, number: this.fields.number ?? number, ...itemsAround(flow, effect, this.fields) };
  }

  private mapped(step: ServiceTask, effect: ActivityEffect): Pick<ActivityAnswer, 'input' | 'problems'> {
    const activity = activities.get(effect.activity);
    const { input, failed } = mapInput(step, this.place.flow.form, this.values(effect));
    return {
      input,
      problems: [...failed, ...(activity === undefined ? ['no such activity'] : misfits(activity, input))],
    };
  }

  // ---------------------------------------------------------------------------------------------- fields

  /** What starting writes. @throws AppError invalid_fields, prepare_failed as the start itself would be refused */
  begin(fields: Values, initiator: string, at: number): Promise<Vars> {
    const { form, definition } = this.place.flow;
    const permissions = permissionsOf(form, definition.start.fields);
    const act = { patch: fields, permissions, step: null, prepare: definition.start.prepare, by: initiator };
    return this.written({ ...act, at });
  }

  private async write({ step: id, outcome, by, fields, at }: Write): Promise<Answer> {
    const { form, steps } = this.place.flow;
    const step = id === null ? undefined : steps.get(id)?.step;
    const human = isHumanStep(step) ? step : undefined;
    const action = human && actionsOf(human).find((each) => each.outcome === outcome);
    const permissions = human ? permissionsOf(form, human.fields, action?.fields) : null;
    try {
      return { vars: await this.written({ patch: fields, permissions, step: id, prepare: action?.prepare, by, at }) };
    } catch (error) {
      if (error instanceof AppError) return { refused: toRefused(error) };
      throw error;
    }
  }

  private async written({ patch, permissions, step, prepare, by, at }: Writing): Promise<Vars> {
    const { flow } = this.place;
    const act = { current: this.fields, patch, permissions };
    refuse(validateAct(flow.form, { ...act, draft: true }));
    const set = prepare === undefined ? {} : await this.prepared({ prepare, by, patch, at });
    const own = withoutEmpty(patch);
    await withEngine(this.tx, () => checkRefs(this.tx, flow.form, own));
    await withEngine(this.tx, () =>
      checkPersons(this.tx, flow.form, { values: own, communityId: this.place.communityId }),
    );
    const whole = { ...patch, ...set };
    this.merge(whole);
    for (const { path, code } of validateAct(flow.form, { current: this.fields, patch: {}, permissions }))
      if (code === 'required') this.warn({ code: 'field_required', step, field: path.split('/')[2] ?? null });
    return varsOf(flow, whole);
  }

  private async prepared({
    prepare,
    by,
    patch,
    at,
  }: Omit<Writing, 'permissions' | 'step'> & { prepare: Prepare }): Promise<Values> {
    const { flow, communityId, number } = this.place;
    const person = await withEngine(this.tx, () => readDeciderOf(this.tx, by ?? noCase));
    const values = withoutEmpty({ ...this.fields, ...patch });
    const of = { prepare, flow: flow.key, form: flow.form, person, communityId, number, values };
    const { set, problems } = await prepareAct(this.tx, { ...of, caseId: null, isActing: false, at });
    refuse(problems);
    return set;
  }

  private merge(patch: Values): void {
    const { fields } = this.place.flow.form;
    const filled = computeRows(fields, { ...this.fields, ...patch });
    const whole = { ...filled, ...computeFields(fields, filled) };
    this.fields = Object.fromEntries(Object.entries(whole).filter(([, value]) => !isEmpty(value)));
  }

  warn(warning: Warning): void {
    const isSame = (known: Warning): boolean => known.step === warning.step && known.field === warning.field;
    if (!this.warnings.some(isSame)) this.warnings.push(warning);
  }
}

/** How long a call back is waited for; any other activity takes the time it takes. */
function withinOf(activity: string, { within }: Record<string, unknown>): number {
  return activities.get(activity)?.callsBack === true && typeof within === 'string' ? durationMs(within) : Infinity;
}

type ActivityEffect = Extract<Question, { ask: 'activity' }>['effect'];

interface Writing {
  patch: Values;
  permissions: Permissions | null;
  step: string | null;
  prepare: Prepare | undefined;
  by: string | null;
  at: number;
}

function refuse(problems: readonly FieldError[]): void {
  if (problems.length > 0) throw new AppError('invalid_fields', 422, {}, problems);
}

function toRefused({ code, params, errors }: AppError): Refused {
  return { code, params: { ...params, ...(errors.length > 0 && { errors }) } };
}
