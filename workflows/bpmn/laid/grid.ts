/** Columns and rows of a graph: every step stands right of what leads to it, and ways that pass by have cells of their own. */

export interface Link {
  from: string;
  to: string;
  /** It leaves an event on a lower border. */
  isBelow: boolean;
}
export interface Cell {
  column: number;
  row: number;
}
export interface Grid {
  cells: Map<string, Cell>;
  /** Rows of the columns that a link passes by; null: it leads back. */
  passed: Map<Link, number[] | null>;
}

export function gridOf(ids: string[], links: Link[]): Grid {
  const { order, back } = ordered(ids, links);
  const forth = links.filter((link) => !back.has(link));
  const columns = columnsOf(order, forth);
  const cells = new Map<string, Cell>();
  const passed = new Map<Link, number[] | null>(links.map((link) => [link, back.has(link) ? null : []]));
  const last = Math.max(0, ...columns.values());
  for (let column = 0; column <= last; column++) {
    const taken = new Set<number>();
    const here = order.filter((id) => columns.get(id) === column);
    const wanted = [
      ...here.map((id) => ({ row: rowFor(id), put: (row: number) => void cells.set(id, { column, row }) })),
      ...forth.filter((link) => passes(link, column)).map((link) => ({ row: rowOf(link), put: pass(link) })),
    ];
    for (const { row, put } of wanted.sort((one, other) => one.row - other.row)) {
      let free = row;
      while (taken.has(free)) free += 1;
      taken.add(free);
      put(free);
    }
  }
  return { cells, passed };

  function passes({ from, to }: Link, column: number): boolean {
    return (columns.get(from) ?? 0) < column && column < (columns.get(to) ?? 0);
  }
  function pass(link: Link): (row: number) => void {
    return (row) => void passed.get(link)?.push(row);
  }
  /** The highest from which it is reached. */
  function rowFor(id: string): number {
    const rows = forth.filter(({ to }) => to === id).map(rowOf);
    return rows.length === 0 ? 0 : Math.min(...rows);
  }
  /** Where a link is on its way so far. */
  function rowOf(link: Link): number {
    return passed.get(link)?.at(-1) ?? (cells.get(link.from)?.row ?? 0) + (link.isBelow ? 1 : 0);
  }
}

/** What comes first stands first; links that would lead back to it are left out of that. */
function ordered(ids: string[], links: Link[]): { order: string[]; back: Set<Link> } {
  const out = new Map<string, Link[]>(ids.map((id) => [id, []]));
  for (const link of links) out.get(link.from)?.push(link);
  const reached = new Set(links.map(({ to }) => to));
  const back = new Set<Link>();
  const state = new Map<string, 'open' | 'done'>();
  const order: string[] = [];
  for (const id of [...ids.filter((each) => !reached.has(each)), ...ids]) visit(id);
  return { order: order.reverse(), back };

  function visit(id: string): void {
    if (state.has(id)) return;
    state.set(id, 'open');
    for (const link of (out.get(id) ?? []).toReversed())
      if (state.get(link.to) === 'open') back.add(link);
      else visit(link.to);
    state.set(id, 'done');
    order.push(id);
  }
}

function columnsOf(order: string[], links: Link[]): Map<string, number> {
  const columns = new Map(order.map((id) => [id, 0]));
  const out = Map.groupBy(links, ({ from }) => from);
  for (const id of order)
    for (const { to } of out.get(id) ?? []) columns.set(to, Math.max(columns.get(to) ?? 0, (columns.get(id) ?? 0) + 1));
  return columns;
}
