// Pure: the position of a case as a tree: steps one after another, and at a decision the branches, of which one is taken.
import type { PositionStep, Text } from '#lib/api/types.gen.ts';

interface WayStep {
  kind: 'step';
  step: PositionStep;
}
export interface WayBranch {
  id: string;
  /** null: the one for all other cases. */
  title: Text | null;
  nodes: WayNode[];
  /** Steps of people in it, at any depth. */
  steps: number;
}
export interface WayDecision {
  kind: 'decision';
  /** Id of the deciding step. */
  id: string;
  title: Text;
  /** The case went this way. */
  taken: WayBranch | undefined;
  /** Not decided: one of these comes. */
  ahead: WayBranch[];
  /** Others the case did not go. */
  passed: WayBranch[];
}
/** Branches that run together, the rounds of a loop, a part of the way, or what was done because something happened. */
export interface WayTogether {
  kind: 'together';
  of: 'parallel' | 'inclusive' | 'loop' | 'subProcess' | 'handler';
  /** Id of the step that has the branches. */
  id: string;
  title: Text;
  branches: WayBranch[];
  /** Of an inclusive one: those whose condition was not true. */
  passed: WayBranch[];
}
export type WayNode = WayStep | WayDecision | WayTogether;

/** `position` in document order, as the server gives it. */
export function wayOf(position: readonly PositionStep[], depth = 0): WayNode[] {
  const nodes: WayNode[] = [];
  let at = 0;
  while (at < position.length) {
    const step = position[at];
    if (step === undefined) break;
    const branch = step.branches[depth];
    if (branch === undefined) {
      nodes.push({ kind: 'step', step });
      at += 1;
      continue;
    }
    const owner = ownerOf(branch.id);
    const rest = position.slice(at);
    const next = rest.findIndex((other) => ownerOf(other.branches[depth]?.id) !== owner);
    const inside = next === -1 ? rest : rest.slice(0, next);
    nodes.push(...forkOf(inside, { depth, id: owner, kind: branch.kind }));
    at += inside.length;
  }
  return nodes;
}

/** A branch is named by its decision and its place in it. */
function ownerOf(branch: string | undefined): string {
  return branch?.split(' ')[0] ?? '';
}

interface Fork {
  depth: number;
  id: string;
  kind: PositionStep['branches'][number]['kind'];
}

/** The branches of a step, and after them those of its handlers that have happened: what may never happen is not on the way. */
function forkOf(steps: readonly PositionStep[], fork: Fork): WayNode[] {
  const isHandler = (step: PositionStep): boolean => step.branches[fork.depth]?.kind === 'handler';
  const own = steps.filter((step) => !isHandler(step));
  const happened = branchesOf(steps.filter(isHandler), fork.depth).filter(isBegun);
  const title = steps[0]?.branches[fork.depth]?.decision ?? { 'zh-CN': '', en: '' };
  const handlers: WayTogether[] = happened.map((branch) => {
    return { kind: 'together', of: 'handler', id: branch.id, title, branches: [plain(branch)], passed: [] };
  });
  return own.length === 0 ? handlers : [branchesAt(own, fork, title), ...handlers];
}

function branchesAt(steps: readonly PositionStep[], { depth, id, kind }: Fork, title: Text): WayNode {
  const branches = branchesOf(steps, depth);
  if (kind === 'exclusive' || kind === 'race') return { kind: 'decision', id, title, ...decided(branches) };
  const begun = kind === 'inclusive' ? branches.filter(isBegun) : branches;
  // Which of them come is not decided yet.
  if (begun.length === 0) return { kind: 'decision', id, title, ...decided(branches) };
  const passed = branches.filter((branch) => !begun.includes(branch));
  return { kind: 'together', of: kind, id, title, branches: begun.map(plain), passed: passed.map(plain) };
}

function isBegun(branch: Found): boolean {
  return isCurrent(branch) || isDone(branch);
}

function decided(branches: readonly Found[]): Pick<WayDecision, 'taken' | 'ahead' | 'passed'> {
  const went = branches.find(isCurrent) ?? branches.find(isDone);
  const others = branches.filter((branch) => branch !== went);
  const open = went === undefined ? others.filter(({ states }) => states.includes('upcoming')) : [];
  const passed = others.filter((branch) => !open.includes(branch));
  return { taken: went && plain(went), ahead: open.map(plain), passed: passed.map(plain) };
}

type Found = WayBranch & { states: PositionStep['state'][] };

function branchesOf(steps: readonly PositionStep[], depth: number): Found[] {
  const groups = new Map<string, PositionStep[]>();
  for (const step of steps) {
    const key = step.branches[depth]?.id ?? '';
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return [...groups].map(([id, inside]) => ({
    id,
    title: inside[0]?.branches[depth]?.title ?? null,
    nodes: wayOf(inside, depth + 1),
    steps: inside.filter(({ kind }) => isWork(kind)).length,
    states: inside.map(({ state }) => state),
  }));
}

function isCurrent({ states }: Found): boolean {
  return states.includes('current');
}
function isDone({ states }: Found): boolean {
  return states.includes('done');
}
function plain({ id, title, nodes, steps }: WayBranch): WayBranch {
  return { id, title, nodes, steps };
}

/** The case came by, is there, or may still come by. */
export function isReached(node: WayNode): boolean {
  if (node.kind === 'step') return node.step.state !== 'skipped';
  if (node.kind === 'together') return node.branches.some(({ nodes }) => nodes.some(isReached));
  return node.taken !== undefined || node.ahead.length > 0;
}

/** People do it; the rest happens by itself. */
export function isWork(kind: string): boolean {
  return kind === 'userTask' || kind === 'approval';
}
