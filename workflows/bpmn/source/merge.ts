/** Three versions of a flow put together: as it was written into its file, as the file says it now, and as it said it then. */
import { isDeepStrictEqual } from 'node:util';
import type { Flow } from '../../engine/flow.gen.ts';
import { partsOfHandlers, walk } from '../../engine/tree.ts';
import type { Details } from '../extension.ts';
import { textOf, type Language } from '../words.ts';

interface Versions<T> {
  ours: T;
  theirs: T;
  base: T;
}

export function merged(flows: Versions<Flow>, language: Language): Flow {
  const known = { ours: byId(flows.ours), base: byId(flows.base) };
  const whole: unknown = mergedOne(flows as unknown as Versions<Details>);
  return whole as Flow;

  /** What the file says otherwise than it did counts; all else stays. Its steps are those of the file. */
  function mergedOne({ ours, theirs, base }: Versions<Details>): Details {
    const result: Details = { ...ours };
    for (const name of new Set([...Object.keys(theirs), ...Object.keys(base)])) {
      if (isDeepStrictEqual(theirs[name], base[name]) && !holdsSteps(name)) continue;
      if (name === 'title') result.title = retitled(ours.title, theirs.title);
      else if (holdsSteps(name))
        result[name] = inside(name, { ours: ours[name], theirs: theirs[name], base: base[name] });
      else if (name !== 'bpmn' && name !== 'start') result[name] = theirs[name];
    }
    return Object.fromEntries(Object.entries(result).filter(([, value]) => value !== undefined));
  }

  function inside(name: string, { ours, theirs, base }: Versions<unknown>): unknown {
    if (name === 'otherwise' && theirs !== undefined)
      return mergedOne({ ours: asDetails(ours), theirs: asDetails(theirs), base: asDetails(base) });
    if (!Array.isArray(theirs)) return theirs;
    if (name !== 'branches') return (theirs as Details[]).map(step);
    const branches = theirs as Details[];
    const [own, then] = [ours, base].map((each) => (Array.isArray(each) ? (each as Details[]) : []));
    const isSame = own?.length === branches.length && then?.length === branches.length;
    return branches.map((branch, at) =>
      mergedOne({
        ours: (isSame ? own[at] : null) ?? branch,
        theirs: branch,
        base: (isSame ? then[at] : null) ?? branch,
      }),
    );
  }

  function step(theirs: Details): Details {
    const id = String(theirs.id);
    const [ours, base] = [known.ours.get(id), known.base.get(id)];
    if (!ours || !base || ours.kind !== theirs.kind || ours.catch !== theirs.catch)
      return mergedOne({ ours: theirs, theirs, base: theirs });
    return mergedOne({ ours, theirs, base });
  }

  function retitled(ours: unknown, theirs: unknown): unknown {
    return typeof ours === 'object' && ours !== null ? { ...ours, [language]: textOf(theirs, language) } : theirs;
  }
}

function asDetails(value: unknown): Details {
  return typeof value === 'object' && value !== null ? (value as Details) : {};
}

function holdsSteps(name: string): boolean {
  return ['steps', 'branches', 'otherwise', 'on'].includes(name);
}

/** Steps and handlers. */
function byId(flow: Flow): Map<string, Details> {
  const found = new Map<string, Details>();
  for (const owner of [flow, ...[...walk(flow)].map(({ step }) => step)]) {
    if ('kind' in owner) found.set(owner.id, owner as unknown as Details);
    if (partsOfHandlers(owner).handlers.length === 0 || !('on' in owner)) continue;
    for (const handler of owner.on ?? []) found.set(handler.id, handler);
  }
  return found;
}
