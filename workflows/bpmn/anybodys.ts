/** A process of anybody's as a flow: its graph arranged as a tree, and what begins it. */
import type { Flow, Permissions, Starter } from '../engine/flow.gen.ts';
import { referenceName } from './catching.ts';
import { settleCompensations } from './compensation.ts';
import { textIn, type Element } from './element.ts';
import { handlersWithin } from './elements.ts';
import { formOf, permissionsOf } from './forms.ts';
import type { Graph, Node } from './graph.ts';
import type { Keys, Making } from './making.ts';
import { Names, toKey } from './names.ts';
import { toSequence } from './steps.ts';

export interface Made {
  flow: Flow;
  making: Making;
}

export function newMaking(keys: Keys): Making {
  const names = new Names();
  return {
    names,
    elements: {},
    fields: new Set(),
    keys,
    refusals: [],
    waited: new Set(),
    aside: 0,
    terminated: new Set(),
    calls: [],
    compensating: [],
    count: 0,
  };
}

/** A process that no extension of ours says anything of. */
export function anybodys(process: Element, graph: Graph, keys: Keys): Made {
  const making = newMaking(keys);
  const steps = toSequence(making, graph, entryOf(graph));
  const on = handlersWithin(making, graph, (inner) => toSequence(making, inner));
  settleCompensations(making);
  const id = process.id ?? 'process';
  const key = keys.of('process', id);
  const name = textIn(process, 'name') ?? id;
  const starters = graph.starts.flatMap((start) => starterOf(making, start));
  const flow: Flow = {
    key,
    title: { 'zh-CN': name, en: name },
    form: formOf(graph.nodes) ?? key,
    start: { who: ['staff'], fields: startFields(graph), ...(starters.length > 0 ? { on: starters } : {}) },
    steps,
    ...(on.length > 0 ? { on } : {}),
  };
  return { flow, making };
}

/** What the plain start asks for: nothing is read there. */
function startFields({ starts }: Graph): Permissions {
  const start = starts.find(({ event }) => event === null);
  const fields = Object.entries(start ? permissionsOf(start.element) : {});
  return Object.fromEntries(fields.filter(([, permission]) => permission !== 'read'));
}

/** The name that begins it, which a signal is listened for by. */
export function startName(keys: Keys, start: Node): string | null {
  if (start.event === 'message') return referenceName(start, 'messageRef');
  if (start.event !== 'signal') return null;
  const name = referenceName(start, 'signalRef');
  keys.of('signal', name);
  return name;
}

function starterOf({ keys }: Making, start: Node): Starter[] {
  if (start.event !== 'message') return [];
  const name = keys.of('message', referenceName(start, 'messageRef'));
  return [{ id: toKey(start.id, 'message'), by: 'message', name, fields: {}, initiator: { rule: 'system' } }];
}

/** Which of several start events began it. */
export const STARTED_BY = 'startedBy';

/** Of several start events the one that began the case is gone on from: a choice. */
function entryOf({ starts, owner }: Graph): Node | undefined {
  const [first] = starts;
  if (starts.length < 2 || !first) return first;
  const choice: Node = {
    id: `${owner.id ?? 'process'}~start`,
    type: 'exclusiveGateway',
    element: owner,
    event: null,
    definition: null,
    incoming: [],
    outgoing: [],
    boundary: [],
    compensation: null,
    inner: null,
  };
  const plain = starts.find(({ event }) => event === null) ?? first;
  for (const target of starts) {
    const condition = target === plain ? null : `\${${STARTED_BY} == '${target.id}'}`;
    const edge = {
      id: `${target.id}~`,
      name: textIn(target.element, 'name'),
      source: choice,
      target,
      condition,
      isDefault: target === plain,
    };
    choice.outgoing.push(edge);
    target.incoming.push(edge);
  }
  return choice;
}
