/**
 * forEach: its steps once for each item of a list, all at the same time or one after another, until a condition on what came of them. Of a
 * long list some are at work and the rest are keys; a long list of quick ones is worked off over several events.
 */
import { putTimer } from '../clocks.ts';
import { conditionOf } from '../conditions.ts';
import { stepInfo } from '../compile.ts';
import type { ForEach } from '../flow.gen.ts';
import { readItems } from '../item-list.ts';
import { joinItem, keysGone, lastKey, sourcesOf } from '../items.ts';
import { closeUnder, newFrame, nextId, openIncident, type Run } from '../run.ts';
import { allTimers, framesUnder, type Each, type Frame } from '../state.ts';
import { countItem, forgetItem } from '../trail.ts';
import { outcomesIn, ROOT } from '../tree.ts';
import { must } from '../unreachable.ts';
import type { Behaviour } from './behaviour.ts';

const AT_ONCE = 200;
/** Begun by one event; what is over that waits for the next, so that no event takes long or makes a delta too big to send. */
const MOST_BEGUN = 100;

export const forEach: Behaviour<ForEach> = {
  // Opened again by a retry, it asks again whether enough is done.
  open: (run, frame, step) => {
    if (frame.each) goOn(run, frame, step);
    else begin(run, frame, step);
  },
  finishScope: (run, frame, step, scope) => {
    frame.children = frame.children.filter((child) => child !== scope);
    countItem(run, frame, scope);
    goOn(run, frame, step);
  },
  finishWait: fill,
};

function begin(run: Run, frame: Frame, step: ForEach): void {
  const read = readItems(run, frame, step);
  if (!read.ok) {
    openIncident(run, frame, { code: read.code, detail: read.detail, resume: { do: 'open' } });
    return;
  }
  frame.each = read.each;
  fill(run, frame, step);
}

function goOn(run: Run, frame: Frame, step: ForEach): void {
  // What could not be told before is asked again now.
  run.state.incidents = run.state.incidents.filter((incident) => incident.frame !== frame.id);
  const isOver = step.until === undefined ? { ok: true as const, value: false } : enough(run, frame, step.until);
  if (!isOver.ok) openIncident(run, frame, { code: isOver.code, detail: isOver.detail, resume: { do: 'open' } });
  else if (isOver.value) leave(run, frame);
  else fill(run, frame, step);
}

function enough(run: Run, frame: Frame, until: string): ReturnType<typeof conditionOf> {
  const { done, total, results } = eachOf(frame);
  const known = outcomesIn(stepInfo(run.compiled, frame.step).step).map((outcome) => [outcome, 0]);
  const counts = { ...(Object.fromEntries(known) as Record<string, number>), ...results };
  return conditionOf(run, frame, until, {
    done: { value: done, of: null },
    total: { value: total, of: null },
    results: { value: counts, of: null },
  });
}

/** Begins as many as may be at work, and is done when none is left. */
function fill(run: Run, frame: Frame, step: ForEach): void {
  const each = eachOf(frame);
  const most = step.mode === 'sequential' ? 1 : (step.atOnce ?? AT_ONCE);
  while (frame.children.length < most && each.next < each.keys.length) {
    if (run.begun >= MOST_BEGUN) {
      putMore(run, frame);
      return;
    }
    beginItem(run, frame, must(each.keys[each.next], 'key of item'));
    each.next += 1;
  }
  if (frame.children.length === 0) leave(run, frame);
}

function beginItem(run: Run, frame: Frame, key: string): void {
  const each = eachOf(frame);
  if (each.gone.includes(key)) return;
  run.begun += 1;
  const scope = newFrame(run, { step: frame.step, branch: ROOT, item: joinItem(frame.item, key) });
  frame.children.push(scope);
  run.agenda.push({ do: 'enter', scope: scope.id });
}

function putMore(run: Run, { id }: Frame): void {
  if (allTimers(run.state).some(({ frame, what }) => frame === id && what.kind === 'more')) return;
  putTimer(run, { id: nextId(run), frame: id, task: null, at: run.now, what: { kind: 'more' } });
}

/** What is still at work is cancelled, and nobody can be sent back to it. */
function leave(run: Run, frame: Frame): void {
  for (const { item } of frame.children) forgetItem(run, must(item, 'item of scope'));
  closeUnder(run, frame);
  run.agenda.push({ do: 'leave', frame: frame.id });
}

/** Items whose rows this event has deleted are cancelled, or never begin (rule 23). */
export function dropGoneItems(run: Run): void {
  const { compiled, state, written } = run;
  if (written.size === 0 || state.root === null) return;
  // Not of a list made before: what is inside a dropped item is no longer there when its turn would come.
  for (const frame of framesUnder(state.root)) {
    if (frame.each === null || frame.step === null) continue;
    const { step } = stepInfo(compiled, frame.step);
    if (step.kind !== 'forEach' || !sourcesOf(compiled, step).some((field) => written.has(field))) continue;
    const gone = keysGone(compiled, state, step, frame);
    if (gone.length > 0) dropItems(run, frame, gone);
  }
}

function dropItems(run: Run, frame: Frame, gone: readonly string[]): void {
  const each = eachOf(frame);
  const keys = new Set(gone);
  const dropped = frame.children.filter(({ item }) => keys.has(lastKey(item)));
  for (const scope of dropped) {
    closeUnder(run, scope);
    forgetItem(run, must(scope.item, 'item of scope'));
  }
  frame.children = frame.children.filter((child) => !dropped.includes(child));
  each.gone.push(...gone);
  each.total -= gone.length;
  run.agenda.push({ do: 'open', frame: frame.id });
}

function eachOf(frame: Frame): Each {
  return must(frame.each, 'items of forEach');
}
