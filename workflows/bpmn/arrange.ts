/**
 * Arranges a graph as a tree. What one token walks through becomes a sequence, merges and loops jumps in it: the method of Ramsey's "Beyond
 * Relooper", 2022, with jumps for its exits. Where tokens split, each is arranged by itself up to where they join; tokens that join
 * earlier than others are put together first.
 */
import type {
  Arranged,
  Block,
  Branch,
  Fall,
  HandlerItems,
  Item,
  Join,
  Looking,
  Place,
  Room,
  Thread,
  Work,
} from './arranged.ts';
import type { Edge, Graph, Node } from './graph.ts';
import { Refused } from './refusal.ts';
import { isInterrupting, isJoin, isSplit, toRegion, type Region } from './region.ts';

const MOST_PLACES = 20_000;

/** The steps of a scope, from where its tokens begin. @throws Refused where no tree says the same. */
export function arrange({ starts, owner }: Graph, entry: Node | undefined = starts[0]): Item[] {
  if (!entry) return [];
  if (starts.length > 1 && starts.every(({ type }) => type !== 'startEvent'))
    throw new Refused(
      'not_block_structured',
      owner.id ?? null,
      'it begins in several places at once and has no start event',
    );
  return arrangeAlone(entry, [], { left: MOST_PLACES });
}

/** A token that nobody waits for. */
function arrangeAlone(entry: Node, around: Node[], room: Room): Item[] {
  if (around.includes(entry))
    throw new Refused('loop_out_of_parallel', entry.id, 'what it begins beside leads back to before it');
  const plain = new Set<Node>();
  const inside = isSplit(entry) ? around : [...around, entry];
  for (;;) {
    const { items, exits } = arrangeFrom(entry, 'end', { around: inside, plain, room });
    if (exits.length === 0) return items;
    // One token alone: an inclusive gateway lets it through, a parallel one waits for ever, unless others come from elsewhere.
    for (const { target } of exits) {
      if (target.type !== 'inclusiveGateway' && !target.incoming.every((edge) => exits.includes(edge)))
        throw new Refused(
          'join_never_fires',
          target.id,
          'what comes to this join from elsewhere is not split before it',
        );
      plain.add(target);
    }
  }
}

interface Starting extends Pick<Work, 'around' | 'plain' | 'room'> {
  /** What is known of its splits already. */
  blocks?: Map<Node, Block>;
}

function arrangeFrom(entry: Node, fall: Fall, starting: Starting): Arranged {
  const exits: Edge[] = [];
  const ways = new Set<Edge | Block>();
  const fields = { blocks: new Map<Node, Block>(), ...starting, places: new Map<Node, Place>(), exits, ways };
  const looking: Looking = { ...fields, region: null, coming: null };
  const next = (node: Node): Node[] => successors(looking, node);
  if (fall === 'join') looking.coming = comingFrom(looking, toRegion(entry, next));
  const region = toRegion(entry, next);
  const items = place({ ...looking, region }, entry, fall);
  return { items: exits.length > 0 ? items : withoutStop(items), exits: [...new Set(exits)], ways: ways.size };
}

/** To whoever comes to no join it makes no difference where a sequence ends. */
function withoutStop(items: Item[]): Item[] {
  const last = items.at(-1);
  const before = items.slice(0, -1);
  if (last?.do === 'stop') return before;
  if (last?.do !== 'node' || last.branches.length === 0) return items;
  const branches = last.branches.map((branch) => ({ ...branch, items: withoutStop(branch.items) }));
  return [...before, { ...last, branches }];
}

/** Null where some join waits for the token wherever it is, or none does. */
function comingFrom(work: Looking, { nodes }: Region): Set<Node> | null {
  const leaving = new Map(nodes.map((node) => [node, exitsAt(work, node)]));
  const joins = [...leaving.values()].flat().map(({ target }) => target);
  if (joins.length === 0 || joins.some(({ type }) => type !== 'inclusiveGateway')) return null;
  const coming = new Set(nodes.filter((node) => (leaving.get(node)?.length ?? 0) > 0));
  for (let size = -1; size !== coming.size;) {
    size = coming.size;
    for (const node of nodes) if (successors(work, node).some((next) => coming.has(next))) coming.add(node);
  }
  return coming;
}

function exitsAt(work: Looking, node: Node): Edge[] {
  return isSplit(node) ? blockOf(work, node).open : node.outgoing.filter((edge) => isExit(work, edge));
}

/** Whether the token leaves those that a join may wait for. Where it is over at once nobody would notice. */
function isGone({ coming }: Pick<Work, 'coming'>, node: Node): boolean {
  const [edge] = node.outgoing;
  const last = node.type === 'boundaryEvent' && edge ? edge.target : node;
  return coming !== null && !coming.has(node) && last.type !== 'endEvent';
}

function successors(work: Looking, node: Node): Node[] {
  if (isSplit(node)) {
    const { exit } = blockOf(work, node);
    return exit ? [exit] : [];
  }
  const ahead = node.outgoing.filter((edge) => !isExit(work, edge)).map(({ target }) => target);
  return [...ahead, ...node.boundary.filter(isInterrupting)].filter((next) => !isGone(work, next));
}

function isExit({ plain }: Pick<Work, 'plain'>, { target }: Edge): boolean {
  return isJoin(target) && !plain.has(target);
}

// ---------------------------------------------------------------------------------------------- one token

/** The sequence from a node to the end of what it dominates. `fall`: what comes after it in the sequence around. */
function place(work: Work, node: Node, fall: Fall): Item[] {
  const merges = work.region.mergesBelow.get(node) ?? [];
  const items = emit(work, node, merges[0] ?? fall);
  for (const [index, merge] of merges.entries()) items.push(...place(work, merge, merges[index + 1] ?? fall));
  return items;
}

function emit(work: Work, node: Node, fall: Fall): Item[] {
  work.room.left -= 1;
  if (work.room.left < 0)
    throw new Refused('too_many_copies', node.id, 'tokens that never join would make more steps than a flow may have');
  if (isSplit(node)) return emitSplit(work, node, fall);
  const at = placeOf(work, node);
  const handlers = handlersOf(work, node);
  if (isChoice(node)) {
    const branches = node.outgoing.map((edge) => ({ edge, items: goOn(work, edge, fall) }));
    return [{ do: 'node', place: at, branches, handlers }];
  }
  const [edge] = node.outgoing;
  const item: Item = isAwaited(work, node) ? aloneAt(node, at) : { do: 'node', place: at, branches: [], handlers };
  if (edge) return [item, ...goOn(work, edge, fall)];
  return [item, ...(node.type === 'endEvent' ? [] : stop(fall))];
}

/** Whether a token waits at a join for others that never come. */
function isAwaited({ plain }: Work, node: Node): boolean {
  return plain.has(node) && node.type === 'parallelGateway';
}

function aloneAt(node: Node, at: Place): Item {
  const branches = node.incoming.slice(0, 1).map((edge) => ({ edge, items: [] }));
  return { do: 'split', place: at, kind: 'parallel', branches, join: { node, flows: node.incoming.length } };
}

function isChoice({ type, outgoing }: Node): boolean {
  if (type === 'eventBasedGateway') return true;
  return type === 'exclusiveGateway' && (outgoing.length > 1 || outgoing.some(({ condition }) => condition !== null));
}

function goOn(work: Work, edge: Edge, fall: Fall): Item[] {
  if (!isExit(work, edge)) return isGone(work, edge.target) ? detach(work, edge.target) : goTo(work, edge.target, fall);
  work.exits.push(edge);
  work.ways.add(edge);
  return arrive(fall);
}

function detach({ around, room }: Work, node: Node): Item[] {
  return [{ do: 'detach', items: arrangeAlone(node, around, room) }];
}

function goTo(work: Work, target: Node, fall: Fall): Item[] {
  if (target === fall) return [];
  if (work.region.merges.has(target)) return [{ do: 'jump', to: placeOf(work, target) }];
  return place(work, target, fall);
}

/** At the end of the sequence nothing needs to be said. */
function arrive(fall: Fall): Item[] {
  return fall === 'join' ? [] : [{ do: 'arrive' }];
}

function stop(fall: Fall): Item[] {
  return fall === 'end' ? [] : [{ do: 'stop' }];
}

function placeOf({ places }: Work, node: Node): Place {
  const known = places.get(node) ?? { node };
  places.set(node, known);
  return known;
}

/** An interrupting event goes on in the place of its activity, and falls to where that does; the others are tokens of their own. */
function handlersOf(work: Work, node: Node): HandlerItems[] {
  const fall = behind(work, node);
  return node.boundary.map((event) =>
    isInterrupting(event)
      ? { event, items: isGone(work, event) ? detach(work, event) : place(work, event, fall) }
      : { event, items: arrangeAlone(event, work.around, work.room) },
  );
}

function behind(work: Work, { outgoing: [edge] }: Node): Fall {
  if (!edge) return 'end';
  return isExit(work, edge) ? 'join' : edge.target;
}

// ---------------------------------------------------------------------------------------------- several tokens

function emitSplit(work: Work, node: Node, fall: Fall): Item[] {
  const block = blockOf(work, node);
  const { branches, exit, open, join } = block;
  const split: Item = { do: 'split', place: placeOf(work, node), kind: kindOf(node), branches, join };
  if (exit) return [split, ...goTo(work, exit, fall)];
  if (open.length === 0) return [split, ...stop(fall)];
  work.exits.push(...open);
  work.ways.add(block);
  return [split, ...arrive(fall)];
}

function kindOf({ type }: Node): 'parallel' | 'inclusive' {
  return type === 'inclusiveGateway' ? 'inclusive' : 'parallel';
}

function blockOf(work: Looking, split: Node): Block {
  const known = work.blocks.get(split);
  if (known) return known;
  const block = toBlock(split, reduce(work, split));
  work.blocks.set(split, block);
  return block;
}

interface Reduced {
  threads: Thread[];
  exit: Node | null;
}

function toBlock(split: Node, { threads, exit }: Reduced): Block {
  const joins = joinsOf(threads);
  if (exit === null && joins.length > 1) {
    const where = joins.map(({ id }) => id).join(', ');
    throw new Refused('not_block_structured', split.id, `its branches join in several places: ${where}`);
  }
  const open = exit ? [] : threads.flatMap(({ exits }) => exits);
  const isJoined = joins.length > 0;
  const branches = (isJoined ? threads.map(leavingIfAlone) : threads).map(toBranch);
  return { branches, exit, open, join: joinAt(exit ?? joins[0], threads) };
}

function toBranch({ edge, items }: Thread): Branch {
  return { edge, items };
}

/** A join does not wait for what can never come to it. */
function leavingIfAlone(thread: Thread): Thread {
  const { items, exits } = thread;
  const isOverAtOnce = items.every((item) => item.do === 'node' && item.place.node.type === 'endEvent');
  return exits.length > 0 || isOverAtOnce ? thread : { ...thread, items: [{ do: 'detach', items }] };
}

function joinAt(node: Node | undefined, threads: Thread[]): Join | null {
  return node ? { node, flows: threads.reduce((sum, { ways }) => sum + ways, 0) } : null;
}

/** The joins that tokens come to. */
function joinsOf(threads: Thread[]): Node[] {
  return [...new Set(threads.flatMap(({ exits }) => exits.map(({ target }) => target)))];
}

/** The tokens of a split, those that join put together until all have or none can. */
function reduce(work: Looking, split: Node): Reduced {
  if (work.around.includes(split))
    throw new Refused('loop_out_of_parallel', split.id, 'one of its branches leads back to before it');
  const around = [...work.around, split];
  let threads = split.outgoing.flatMap((edge) => threadsFrom(work, edge, around));
  for (let join = readyJoin(threads); join; join = readyJoin(threads)) {
    const target = join;
    const members = threads.filter(({ exits }) => exits.some((edge) => edge.target === target));
    if (members.length === 1 && threads.length > 1) {
      work.plain.add(target);
      threads = split.outgoing.flatMap((edge) => threadsFrom(work, edge, around));
      continue;
    }
    if (members.length === threads.length) return { threads, exit: target };
    if (kindOf(split) === 'inclusive') {
      if (threads.every((thread) => members.includes(thread) || thread.exits.length === 0))
        return { threads, exit: target };
      throw new Refused('inclusive_partly_joined', split.id, 'some of its branches join before others');
    }
    threads = putTogether(work, { threads, members, join: target, around });
  }
  return { threads, exit: null };
}

/** A join all of whose flows come from these tokens, which go nowhere else. */
function readyJoin(threads: Thread[]): Node | undefined {
  return joinsOf(threads).find((join) => {
    const members = threads.filter(({ exits }) => exits.some(({ target }) => target === join));
    const edges = new Set(members.flatMap(({ exits }) => exits));
    return (
      join.incoming.every((edge) => edges.has(edge)) &&
      members.every(({ exits }) => exits.every(({ target }) => target === join))
    );
  });
}

interface Joining {
  threads: Thread[];
  members: Thread[];
  join: Node;
  around: Node[];
}

/** One token instead of those that join; it stands where the first of them stood. */
function putTogether(work: Looking, { threads, members, join, around }: Joining): Thread[] {
  const [first] = members;
  if (!first) return threads;
  const after = arrangeFrom(join, 'join', { around, plain: work.plain, room: work.room });
  const branches = members.map(toBranch);
  const split: Item = { do: 'split', place: null, kind: 'parallel', branches, join: joinAt(join, members) };
  const joined: Thread = { ...after, edge: first.edge, items: [split, ...after.items] };
  return threads.flatMap((thread) => {
    if (thread === first) return [joined];
    return members.includes(thread) ? [] : [thread];
  });
}

/** From a flow on; a split that comes at once, whose branches join with others in several places, is one with the split before it. */
function threadsFrom(work: Looking, edge: Edge, around: Node[]): Thread[] {
  const { target } = edge;
  if (isExit(work, edge)) return [{ edge, items: [], exits: [edge], ways: 1 }];
  const { plain, room } = work;
  const blocks = new Map<Node, Block>();
  const isParallel = [target, around.at(-1)].every((node) => node && isSplit(node) && kindOf(node) === 'parallel');
  if (isParallel && target.incoming.length === 1) {
    const inner = reduce({ ...work, around }, target);
    if (inner.exit === null && isPartly(inner.threads)) return inner.threads;
    blocks.set(target, toBlock(target, inner));
  }
  return [{ edge, ...arrangeFrom(target, 'join', { around, plain, room, blocks }) }];
}

/** Whether its tokens do not all come to the same join. */
function isPartly(threads: Thread[]): boolean {
  const joins = joinsOf(threads).length;
  return joins > 1 || (joins === 1 && threads.some(({ exits }) => exits.length === 0));
}
