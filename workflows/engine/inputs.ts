/** What an expression saw: for the incident that it became, and for whoever explains a run. Reads only. */
import type { Scope } from './feel.ts';
import type { Prepared } from './feel-syntax.ts';
import { isoOf } from './instant.ts';
import type { Run } from './run.ts';
import type { Json } from './types.ts';

type Result = { ok: true; value: unknown } | { ok: false; code: string; message: string };

/** The value of each name that it reads. */
export function inputsOf(prepared: Prepared, { vars, outcomes, times, initiator, now }: Scope): Record<string, Json> {
  const at = isoOf(now);
  const builtIn = { outcomes: pick(outcomes, prepared.outcomes), times: times ?? {}, initiator, now: at, today: at };
  const entries = prepared.names.map((name) => [name, shorten(own(vars, name) ?? own(builtIn, name) ?? null)]);
  return Object.fromEntries(entries) as Record<string, Json>;
}

const LONGEST = 500;

/** An incident travels with every entry of the case: of a long value its beginning and its length are enough to know it by. */
function shorten(value: Json): Json {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= LONGEST ? value : `${text.slice(0, LONGEST)}… (${String(text.length)})`;
}

/** Tells whoever listens what an expression came to. */
export function trace(run: Run, prepared: Prepared, scope: Scope, result: Result): void {
  run.traced?.({
    // Before the agenda is worked off it belongs to the step of the event.
    step: run.at ?? run.log?.step ?? null,
    expression: prepared.text,
    inputs: inputsOf(prepared, scope),
    value: result.ok ? toJson(result.value) : null,
    failed: result.ok ? null : { code: result.code, reason: result.message },
  });
}

function pick(values: Record<string, Json>, names: readonly string[]): Record<string, Json> {
  return Object.fromEntries(names.map((name) => [name, own(values, name) ?? null]));
}

/** A field may be called like something that every object has. */
function own(values: Record<string, Json>, name: string): Json | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function toJson(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}
