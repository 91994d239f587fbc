/** The panels of content/panels: short lists that a role finds on its first page, or a person about themselves. Data, so that no code knows leave. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Static } from 'typebox';
import type { Lookup } from '../../workflows/engine/flow.gen.ts';
import type { Text } from '../schema.ts';

type Words = Static<typeof Text>;

export interface PanelSource {
  key: string;
  /** On the first page (the overview), or on the page about oneself. */
  at: 'home' | 'me';
  /** Holders of any of these roles see it, each of the communities in which they hold it. */
  who: string[];
  title: Words;
  empty: Words;
  form: string;
  /** A field that must be the asking person themselves: such a panel answers only about them. */
  own?: string;
  /** As in the lookups of a flow; FEEL over `person`, `today` and `now`. */
  where?: NonNullable<Lookup['where']>;
  order?: Lookup['order'];
  show: string[];
  /** One row for each that `show` tells apart, with the sum of this field. */
  sum?: string;
  /** What one can start from here. */
  start?: { flow: string; label: Words };
}

const folder = join(import.meta.dirname, '..', '..', 'content', 'panels');
let known: PanelSource[] | undefined;

export function readPanelSources(): readonly PanelSource[] {
  known ??= readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as PanelSource[]);
  return known;
}
