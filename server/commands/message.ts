/**
 * From a command row to what the engine gets: ids, the assignment number, and of the patch only the fields that the flow's
 * expressions mention (protocol.md rule 16). Built for the flow version the case runs on (rule 14).
 */
import { heldOf } from '../../workflows/engine/mentions.ts';
import { heldRow, readRowName } from '../../workflows/engine/row-vars.ts';
import type { Command, Json, Vars } from '../../workflows/engine/types.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import type { CommandArgs, CommandKind } from './types.ts';

export interface CommandRow {
  id: string;
  n: number;
  kind: CommandKind;
  actor: string | null;
  task: string | null;
  args: CommandArgs;
  patch: Record<string, unknown> | null;
}

export function toCommand(row: CommandRow, flow: PublishedFlow, lowestPending: number): Command {
  const { id, n, kind, actor, args } = row;
  const base = { id, n, lowestPending, actor, flowVersion: flow.version, vars: varsOf(flow, row.patch) };
  // Its values are of the version that it moves to.
  const own = kind === 'migrate' ? { vars: args.vars } : {};
  // `args` was written by this folder, by kind, from checked input.
  return { ...args, ...base, ...own, kind, ...(row.task === null ? {} : { task: row.task }) } as unknown as Command;
}

/** Values of mentioned fields among those the patch writes, of rows the mentioned columns; money as a decimal string. */
export function varsOf(flow: PublishedFlow, patch: Record<string, unknown> | null): Vars {
  const vars: Vars = {};
  for (const [field, value] of Object.entries(patch ?? {})) {
    const row = readRowName(field);
    if (row !== undefined && flow.mentioned.has(row.field)) vars[field] = heldRow(flow, row.field, toVar(value, false));
    else if (flow.mentioned.has(field))
      vars[field] = heldOf(flow, field, toVar(value, flow.loaded.types?.[field] === 'money'));
  }
  return vars;
}

function toVar(value: unknown, isMoney: boolean): Json {
  if (value === undefined || value === null) return null;
  if (isMoney && typeof value === 'number') return value.toFixed(2);
  return value as Json;
}
