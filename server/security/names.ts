/**
 * One spelling of a user name for everybody who compares names: limits count by it and Postgres is asked for it. Two ways to make letters
 * small would be two names for one person.
 */

/**
 * NFKC (full-width letters are letters), then small, each letter for itself as Postgres' lower() does it; JavaScript alone would turn
 * İ into two letters and Σ by its place in the word.
 */
export function normaliseName(name: string): string {
  return Array.from(name.normalize('NFKC'), (letter) => (letter === 'İ' ? 'i' : letter.toLowerCase())).join('');
}
