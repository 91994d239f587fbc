/** Cases that call cases, between real cases: begun once, waited for, told once, given up with whoever waited. Real Postgres, real Temporal. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallActivity, Flow } from '../../workflows/engine/flow.gen.ts';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { perform } from '../worker/perform.ts';
import { asUser } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { beginCase, publishSteps } from '../testing/messages.ts';
import { after, choice, look, wait } from '../testing/rules.ts';
import { driveCalls } from './calls/deliver.ts';
import { childId } from './calls/keep.ts';
import { cancelCase } from './case-acts.ts';
import { sweep } from './sweep.ts';

let stage: CaseStage;
let app: App;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  app = await buildApp(stage.deps);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const text = (en: string) => ({ 'zh-CN': en, en });
const calling = (flow: string, more: Partial<CallActivity> = {}): CallActivity => ({
  id: 'call',
  kind: 'callActivity',
  title: text('Call'),
  flow,
  input: { what: '"for " + what', note: 'note' },
  again: 'run',
  ...more,
});
const failing = (code: string): Flow['steps'][number] => ({ id: 'fail', kind: 'end', outcome: code, ends: 'error' });

/** A case of a flow with these steps, after the call it begins with. */
const begin = async (steps: Flow['steps'], note = 'K-1') =>
  beginCase(stage, { flow: await publishSteps(stage, steps), note, what: 'next door' });

const soon = { timeout: 20_000 };
const opens = async (caseId: string, ...steps: string[]) =>
  expect.poll(async () => ((await openSteps(caseId)) ?? []).join(), soon).toBe(steps.join());

async function openSteps(caseId: string): Promise<string[] | undefined> {
  const { rows } = await sql<{ steps: string[] }>`
    select array(select step from task where case_id = c.id and state in ('open', 'completing') order by opened_rev) as steps
    from "case" c where c.id = ${caseId}`.execute(stage.test.adminDb);
  return rows[0]?.steps;
}
interface CallRow {
  child: string;
  effect: number;
  step: string;
  depth: number;
}
async function callsOf(caseId: string): Promise<CallRow[]> {
  const { rows } = await sql<CallRow>`
    select child, effect, step, depth from case_call where parent = ${caseId} order by effect`.execute(
    stage.test.adminDb,
  );
  return rows;
}
/** The one that it calls, once that has begun. */
async function childOf(caseId: string): Promise<string> {
  await expect.poll(async () => (await callsOf(caseId)).length, soon).toBe(1);
  const child = (await callsOf(caseId))[0]!.child;
  await expect.poll(() => openSteps(child), soon).toBeDefined();
  return child;
}
/** As soon as the task is there. */
async function finish(caseId: string, step: string, fields: Record<string, unknown> = {}): Promise<void> {
  await expect.poll(() => openSteps(caseId), soon).toContain(step);
  const { id: taskId, assignment } = await openTask(stage, caseId, step);
  await complete(stage, { taskId, assignment, fields }, intend(stage.cast.dispatcher));
}
async function rowOf(
  caseId: string,
): Promise<{ status: string; outcome: string | null; note: string; amount: string | null }> {
  const { rows } = await sql<{ status: string; outcome: string | null; note: string; amount: string | null }>`
    select c.status, c.outcome, r.note, r.amount from "case" c join record.errand r on r.id = c.id where c.id = ${caseId}`.execute(
    stage.test.adminDb,
  );
  return rows[0]!;
}
const endsAs = (caseId: string, status: string) =>
  expect.poll(async () => (await rowOf(caseId)).status, soon).toBe(status);
const timesOf = async (caseId: string, type: string) =>
  (await look(stage, caseId)).types.filter((each) => each === type).length;
const noticesOf = async (child: string) => {
  const { rows } = await sql<{ kind: string; state: string }>`
    select kind, state from call_notice where child = ${child} order by rev, n`.execute(stage.test.adminDb);
  return rows.map(({ kind, state }) => `${kind} ${state}`);
};

describe('a case that calls another', () => {
  it('waits for the work of its people, and goes on with what that came to', async () => {
    const called = await publishSteps(stage, [wait()]);
    const output = { note: '"got " + note + " as " + outcome', amount: 'amount * 2' };
    const caseId = await begin([calling(called, { output }), choice('amount > 20')]);
    const child = await childOf(caseId);
    await opens(child, 'wait');
    expect(await openSteps(caseId)).toEqual([]);
    expect(child).toBe(childId(caseId, (await callsOf(caseId))[0]!.effect));

    await finish(child, 'wait', { amount: 12.5 });

    await opens(caseId, 'after');
    expect(await rowOf(caseId)).toMatchObject({ note: 'got K-1 as completed', amount: '25.00' });
    expect(await timesOf(caseId, 'child_ended')).toBe(1);
    await expect.poll(() => noticesOf(child), soon).toEqual(['ended told']);
    const { rows } = await sql<{ initiator: string; what: string; state: string }>`
      select c.initiator, r.what, f.state from "case" c join record.errand r on r.id = c.id
      join case_call l on l.child = c.id join effect f on f.case_id = l.parent and f.id = l.effect where c.id = ${child}`.execute(
      stage.test.adminDb,
    );
    expect(rows).toEqual([{ initiator: stage.cast.staff, what: 'for next door', state: 'done' }]);
  });

  it('goes on at once where it does not wait, and is told nothing', async () => {
    const called = await publishSteps(stage, [wait()]);
    const caseId = await begin([calling(called, { wait: false }), after]);

    await opens(caseId, 'after');
    const child = await childOf(caseId);
    await finish(child, 'wait');
    await endsAs(child, 'completed');
    expect(await noticesOf(child)).toEqual([]);
  });

  it('begins it once, however often a worker that died is asked again', async () => {
    const called = await publishSteps(stage, [wait()]);
    const caseId = await begin([calling(called), after]);
    const child = await childOf(caseId);
    await opens(child, 'wait');
    const { effect } = (await callsOf(caseId))[0]!;
    const { rows } = await sql<{
      rev: number;
    }>`select rev from effect where case_id = ${caseId} and id = ${effect}`.execute(stage.test.adminDb);

    const again = { caseId, effect, rev: rows[0]!.rev, step: 'call', activity: 'flow.call' };
    await perform(stage.deps, { ...again, call: { flow: called, waits: true } }, 2);

    const { rows: all } = await sql`select from "case" where flow = ${called}`.execute(stage.test.adminDb);
    expect(all).toHaveLength(1);
  });

  it('hands an error that nobody in it catches to the handler of the step', async () => {
    const called = await publishSteps(stage, [wait(), failing('broken')]);
    const on: CallActivity['on'] = [
      { id: 'caught', catch: 'error', codes: ['broken'], steps: [{ ...after, id: 'mend' }] },
    ];
    const caseId = await begin([calling(called, { on }), after]);
    const child = await childOf(caseId);
    await opens(child, 'wait');

    await finish(child, 'wait');

    await opens(caseId, 'mend');
    expect(await rowOf(child)).toMatchObject({ status: 'completed', outcome: 'broken' });
  });

  it('hears what is escalated in it, and waits on', async () => {
    const cry: Flow['steps'][number] = {
      id: 'cry',
      kind: 'throw',
      title: text('Cry'),
      send: 'escalation',
      code: 'help',
    };
    const called = await publishSteps(stage, [wait(), cry, { ...wait(), id: 'more' }]);
    const on: CallActivity['on'] = [
      { id: 'heard', catch: 'escalation', code: 'help', interrupting: false, steps: [{ ...after, id: 'assist' }] },
    ];
    const caseId = await begin([calling(called, { on }), after]);
    const child = await childOf(caseId);
    await opens(child, 'wait');

    await finish(child, 'wait');

    await opens(caseId, 'assist');
    await opens(child, 'more');
    await finish(child, 'more');
    await opens(caseId, 'assist', 'after');
    expect(await noticesOf(child)).toEqual(['escalated told', 'ended told']);
  });

  it('stops where it was cancelled, and where it may not begin', async () => {
    const called = await publishSteps(stage, [wait()]);
    const caseId = await begin([calling(called), after]);
    const refused = await begin([calling(called, { input: { what: '""' } }), after]);
    const child = await childOf(caseId);
    await opens(child, 'wait');

    await cancelCase(stage.deps, intend(stage.cast.manager), { caseId: child, comment: 'no' });

    await expect
      .poll(async () => (await look(stage, caseId)).incidents, soon)
      .toMatchObject([{ code: 'child_cancelled' }]);
    await expect
      .poll(async () => (await look(stage, refused)).incidents, soon)
      .toMatchObject([{ code: 'call_failed', detail: { error: 'invalid_fields', flow: called } }]);
  });

  it('is of the flow that a value names, and stops where there is none', async () => {
    const called = await publishSteps(stage, [wait()]);
    const steps = [calling('', { flow: { expression: 'note' } }), after];
    const [caseId, lost] = [await begin(steps, called), await begin(steps, 'nowhere')];

    const child = await childOf(caseId);
    await finish(child, 'wait');

    await opens(caseId, 'after');
    await expect
      .poll(async () => (await look(stage, lost)).incidents, soon)
      .toMatchObject([{ code: 'call_failed', detail: { error: 'flow_unknown', expression: 'note' } }]);
  });

  it('goes no deeper than twenty', async () => {
    const key = await publishSteps(stage, [wait()]);
    const above = await beginCase(stage, { flow: key, note: 'K-1' });
    const called = await publishSteps(stage, [calling(key)]);
    // So many calls led to it, a row says; the rest is in earnest.
    const deep = async (depth: number): Promise<string> => {
      const begun = await beginCase(stage, { flow: await publishSteps(stage, [wait(), calling(called)]), note: 'K-1' });
      await sql`insert into case_call (child, parent, effect, step, flow, waits, depth)
        values (${begun}, ${above}, ${depth}, 'call', ${key}, false, ${depth})`.execute(stage.test.adminDb);
      await finish(begun, 'wait');
      return begun;
    };

    const [allowed, refused] = [await deep(19), await deep(20)];

    const child = await childOf(allowed);
    await expect
      .poll(async () => (await look(stage, child)).incidents, soon)
      .toMatchObject([{ code: 'call_failed', detail: { error: 'call_too_deep' } }]);
    await expect
      .poll(async () => (await look(stage, refused)).incidents, soon)
      .toMatchObject([{ code: 'call_failed', detail: { error: 'call_too_deep' } }]);
  });
});

describe('a case that is not waited for any more', () => {
  it('is cancelled with the one that called it', async () => {
    const called = await publishSteps(stage, [wait()]);
    const caseId = await begin([calling(called), after]);
    const child = await childOf(caseId);
    await opens(child, 'wait');

    await cancelCase(stage.deps, intend(stage.cast.manager), { caseId, comment: 'no' });
    await expect
      .poll(async () => {
        await sweep(stage.deps);
        return (await rowOf(child)).status;
      }, soon)
      .toBe('cancelled');

    expect(await rowOf(caseId)).toMatchObject({ status: 'cancelled' });
    expect(await timesOf(child, 'case_cancelled')).toBe(1);
    const { rows } = await sql`select type, state from effect where case_id = ${caseId} and step = 'call'`.execute(
      stage.test.adminDb,
    );
    expect(rows).toEqual([{ type: 'call', state: 'failed' }]);
    await expect.poll(() => noticesOf(child), soon).toEqual(['ended missed']);
  });

  it('never begins where it had not begun yet', async () => {
    const called = await publishSteps(stage, [wait()]);
    const caseId = await begin([calling(called), after]);
    const { effect } = (await callsOf(caseId))[0] ?? { effect: 0 };
    const other = childId(caseId, effect + 100);
    await sql`insert into effect (case_id, id, step, type, rev) values (${caseId}, ${effect + 100}, 'call', 'call', 1)`.execute(
      stage.test.adminDb,
    );
    await sql`insert into case_call (child, parent, effect, step, flow, waits, depth, cancel_at)
      values (${other}, ${caseId}, ${effect + 100}, 'call', ${called}, true, 1, now())`.execute(stage.test.adminDb);

    const request = { caseId, effect: effect + 100, rev: 1, step: 'call', activity: 'flow.call' };
    await perform(stage.deps, { ...request, call: { flow: called, waits: true } }, 1);

    expect(await openSteps(other)).toBeUndefined();
  });
});

describe('who reads a case', () => {
  const technician = { assign: { rule: 'pool', role: 'technician' } } as const;
  const linksOf = async (person: string, caseId: string) => {
    const answer = await (await asUser(app, person))({ url: `/api/cases/${caseId}` });
    const { parent, children, childrenTotal, timeline, position } = answer.json<Detail>();
    const brief = (link: Link | null) =>
      link && `${link.flow} ${link.case?.id ?? 'unseen'} ${link.case?.status ?? ''}`.trim();
    return { parent: brief(parent), children: children.map(brief), childrenTotal, timeline, position };
  };
  interface Link {
    flow: string;
    case: { id: string; status: string } | null;
  }
  interface Detail {
    parent: Link | null;
    children: Link[];
    childrenTotal: number;
    timeline: { type: string }[];
    position: { step: string; state: string }[];
  }

  it('is led to the case that called it and to those that it calls, as far as they may see them', async () => {
    const called = await publishSteps(stage, [wait({ people: technician })]);
    const flow = await publishSteps(stage, [calling(called), after]);
    const caseId = await beginCase(stage, { flow, note: 'K-1' });
    const child = await childOf(caseId);
    await opens(child, 'wait');
    const { staff, runner, manager } = stage.cast;

    expect(await linksOf(staff, caseId)).toMatchObject({
      parent: null,
      children: [`${called} ${child} running`],
      childrenTotal: 1,
    });
    expect(await linksOf(manager, child)).toMatchObject({ parent: `${flow} ${caseId} running`, children: [] });
    expect(await linksOf(runner, child)).toMatchObject({ parent: `${flow} unseen`, children: [], childrenTotal: 0 });
    const { timeline, position } = await linksOf(staff, caseId);
    expect(timeline.map(({ type }) => type)).toContain('child_started');
    expect(position).toMatchObject([
      { step: 'call', state: 'current' },
      { step: 'after', state: 'upcoming' },
    ]);
  });
});

describe('what a crash leaves', () => {
  /** The called case is over, and whoever should have told the other died. */
  async function untold(): Promise<{ caseId: string; child: string }> {
    const called = await publishSteps(stage, [wait()]);
    const caseId = await begin([calling(called, { output: { note: 'outcome' } }), after]);
    const child = await childOf(caseId);
    await opens(child, 'wait');
    // Somebody else is telling, and takes for ever.
    await sql`insert into call_notice (child, rev, n, kind, code, lease_until)
      values (${child}, 0, 0, 'escalated', 'unheard', now() + interval '1 hour')`.execute(stage.test.adminDb);
    await finish(child, 'wait');
    await expect.poll(() => noticesOf(child), soon).toEqual(['escalated pending', 'ended pending']);
    expect(await openSteps(caseId)).toEqual([]);
    await sql`update call_notice set lease_until = null where child = ${child}`.execute(stage.test.adminDb);
    return { caseId, child };
  }

  it('between its end and the telling, the next sweep tells', async () => {
    const { caseId, child } = await untold();

    await driveCalls(stage.deps);

    await opens(caseId, 'after');
    await expect.poll(() => noticesOf(child), soon).toEqual(['escalated told', 'ended told']);
  });

  it('between the telling and the note of it, it is told once more and taken once', async () => {
    const { caseId, child } = await untold();
    await driveCalls(stage.deps);
    await opens(caseId, 'after');
    const { applied_rev: rev } = await look(stage, caseId);

    await sql`update call_notice set state = 'pending' where child = ${child}`.execute(stage.test.adminDb);
    await driveCalls(stage.deps);

    expect(await look(stage, caseId)).toMatchObject({ applied_rev: rev });
    expect(await timesOf(caseId, 'child_ended')).toBe(1);
  });
});
