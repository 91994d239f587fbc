/**
 * Ids of one file, each once, as XML allows them (NCName). Those of steps are steps' own; what is made here has a hyphen or a capital,
 * which no step's has.
 */
export class Ids {
  private readonly taken = new Set<string>();

  claim(wanted: string): string {
    const name = wanted.replace(/[^\w.-]/gu, '_').replace(/^(?![A-Za-z_])/u, '_');
    let id = name;
    for (let n = 2; this.taken.has(id); n += 1) id = `${name}-${n}`;
    this.taken.add(id);
    return id;
  }
}
