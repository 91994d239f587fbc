/** What the engine's check cannot say of starts without a person: whether a schedule ever comes, whether the records are there. */
import type { Flow, Starter } from '../../workflows/engine/flow.gen.ts';
import { isLocalTime, problemOfRrule } from '../../workflows/engine/checks/rrule.ts';
import type { Tx } from '../db/as.ts';
import { loadForm } from '../db/records/form-store.ts';
import { AppError, type FieldError } from '../errors.ts';
import { nextAfter } from '../starts/occurrences.ts';

export async function checkStarters(tx: Tx, flow: Flow): Promise<FieldError[]> {
  const problems: FieldError[] = [];
  for (const [index, starter] of (flow.start.on ?? []).entries()) {
    const at = `/start.on.${index}`;
    if (starter.by === 'schedule') problems.push(...ofSchedule(at, starter));
    if (starter.by === 'record') problems.push(...(await ofRecord(tx, at, starter)));
  }
  return problems;
}

type Of<By extends Starter['by']> = Extract<Starter, { by: By }>;

/** In any zone: whether there is an occurrence at all does not depend on it. */
function ofSchedule(at: string, { rrule, from }: Of<'schedule'>): FieldError[] {
  if (problemOfRrule(rrule) !== null || !isLocalTime(from)) return [];
  const wrong = [{ path: `${at}.rrule`, code: 'rrule_invalid', params: { part: rrule } }];
  try {
    const first = nextAfter({ rrule, dtstart: from, zone: 'Asia/Shanghai' }, new Date(`${from}:00+14:00`));
    return first === null ? wrong : [];
  } catch {
    return wrong;
  }
}

async function ofRecord(tx: Tx, at: string, { form: key, changes = [] }: Of<'record'>): Promise<FieldError[]> {
  const form = await loadForm(tx, key).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  if (form === undefined) return [{ path: `${at}.form`, code: 'form_unknown', params: { form: key } }];
  return changes.flatMap((field, n) =>
    (form.byName.get(field)?.columns.length ?? 0) > 0
      ? []
      : [{ path: `${at}.changes.${n}`, code: 'unknown_field', params: { field } }],
  );
}
