/** What is done to all streams every 20 seconds. */
import type { Db } from '../db/as.ts';
import { findHoldings, findLiveTokens } from './holdings.ts';
import type { Streams } from './streams.ts';

/** Shows readers that the line is alive, ends streams whose session is over, and takes up roles given or taken since. */
export async function beat(db: Db, streams: Streams): Promise<void> {
  streams.beat();
  const open = streams.all();
  if (open.length === 0) return;
  const tokens = open.map(({ token }) => token);
  const people = open.map(({ personId }) => personId);
  const [live, holdings] = await Promise.all([findLiveTokens(db, tokens), findHoldings(db, people)]);
  for (const stream of open) {
    if (live.has(stream.token)) stream.holdings = holdings.get(stream.personId) ?? [];
    else streams.close(stream);
  }
}
