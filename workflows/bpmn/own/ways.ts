/** Where a jump of ours leads: along its link, or by the event that catches it on a border. */
import { roleOf } from '../extension.ts';
import type { Node } from '../graph.ts';
import { NotOurs, onlyTarget, stepDetails, type Reading } from './reading.ts';

export function targetOf(reading: Reading, node: Node, step: string): string {
  const link = node.type === 'endEvent' ? throughBorder(reading, step) : node;
  const arrival = link && onlyTarget(link);
  const id = arrival && stepAt(onlyTarget(arrival));
  if (id === undefined) throw new NotOurs(`${node.id} leads to no step of ours`);
  return id;
}

function throughBorder(reading: Reading, step: string): Node | undefined {
  const event = reading.escapeOf(step);
  return event && onlyTarget(event);
}

function stepAt(node: Node | undefined): string | undefined {
  if (!node) return undefined;
  const role = roleOf(node.element);
  if (role?.role === 'merge') return stepAt(onlyTarget(node));
  if (role?.role === 'scope') return role.of;
  const id = stepDetails(node)?.id;
  return typeof id === 'string' ? id : undefined;
}
