/** The branches of a gateway of ours, up to where they come together. */
import type { Sequence } from '../../engine/flow.gen.ts';
import { waitOf } from '../catching.ts';
import { detailsOf, type Details } from '../extension.ts';
import type { Edge, Node } from '../graph.ts';
import { feelOf, titleOf } from '../making.ts';
import { hear } from '../words.ts';
import { withParts } from './parts.ts';
import { isPart, NotOurs, onlyTarget, type Reading } from './reading.ts';
import type { ReadSequence } from './sequence.ts';

interface Fork {
  parts: Details;
  join: Node | null;
}
type Read = (reading: Reading, first: Node | undefined) => ReadSequence;

export function forkParts(reading: Reading, node: Node, { id, kind }: { id: string; kind: string }, read: Read): Fork {
  const isRace = kind === 'race';
  const branches = node.outgoing.map((edge, index) => {
    if (isRace) reading.making.elements[`${id}/${index}`] = edge.target.id;
    return { edge, ...read(reading, isRace ? eventOf(reading, edge) : edge.target) };
  });
  if (branches.some(({ isClosed }) => isClosed)) throw new NotOurs(`a branch of ${id} ends all of it`);
  const join = joinOf(branches, id);
  const isChoice = kind === 'exclusive' || kind === 'inclusive';
  const otherwise = isChoice ? branches.find(({ edge }) => edge.isDefault) : undefined;
  const others = branches.filter((branch) => branch !== otherwise);
  const parts: Details = {
    branches: others.map(({ edge, steps }) =>
      isRace ? waitingBranch(reading, edge, steps) : branchOf(reading, edge, { steps, isChoice }),
    ),
    ...(otherwise ? { otherwise: otherwiseOf(reading, otherwise) } : {}),
  };
  return { parts, join };
}

function joinOf(branches: ReadSequence[], id: string): Node | null {
  const joins = new Set(branches.flatMap(({ join }) => (join ? [join] : [])));
  const [join = null] = joins;
  if (joins.size > 1 || (join && !isPart(join, 'join', id)))
    throw new NotOurs(`the branches of ${id} come together elsewhere`);
  return join;
}

/** What comes after the event that a branch waits for. */
function eventOf(reading: Reading, { target }: Edge): Node | undefined {
  if (!['intermediateCatchEvent', 'receiveTask'].includes(target.type))
    throw new NotOurs(`${target.id} waits for nothing`);
  reading.visit(target);
  return onlyTarget(target);
}

function branchOf(reading: Reading, edge: Edge, { steps, isChoice }: { steps: Sequence; isChoice: boolean }): Details {
  const { making, language } = reading;
  const element = reading.flow(edge.id);
  const details = detailsOf(element, 'Branch');
  if (details && element) {
    const heard = hear(['title', 'condition'], details, element, language);
    if (isChoice === 'when' in heard) return withParts(heard, { steps });
  }
  const when = isChoice ? { when: edge.condition === null ? 'true' : feelOf(making, edge, edge.condition) } : {};
  return { title: titleOf(edge.target, edge.name), ...when, steps };
}

function otherwiseOf(reading: Reading, { edge, steps }: { edge: Edge; steps: Sequence }): Details {
  const element = reading.flow(edge.id);
  const { when: _when, ...details } = detailsOf(element, 'Branch') ?? {};
  return withParts(element ? hear(['title'], details, element, reading.language) : details, { steps });
}

function waitingBranch(reading: Reading, { target }: Edge, steps: Sequence): Details {
  const { making, language } = reading;
  const details = detailsOf(target.element, 'Branch');
  if (!details) return { title: titleOf(target), wait: waitOf(making, target), steps };
  const waits = typeof details.wait === 'object' && details.wait !== null ? (details.wait as Details) : {};
  const wait = hear(['in', 'at', 'condition'], waits, target.element, language);
  return withParts(hear(['title'], details, target.element, language), { wait, steps });
}
