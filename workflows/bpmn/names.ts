/** Ids of BPMN are free text; those of the language are short and lower case. Each step remembers the element it came from. */

const LONGEST = 40;

/** `Check order` and `checkOrder` both give `check_order`. */
export function toKey(text: string, otherwise: string): string {
  const words = text
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .replace(/_+$/, '');
  return words.slice(0, LONGEST).replace(/_+$/, '') || otherwise;
}

/** Words of FEEL, functions that what is made here calls, and what the engine tells by itself. */
const TAKEN = new Set(
  (
    'and or not if then else for in return some every satisfies between instance of function true false null ' +
    'concatenate date time duration string modulo now today index done total results outcomes item'
  ).split(' '),
);

/** A name as FEEL and forms have it: `my_var` gives `myVar`. */
export function toField(text: string): string {
  const joined = text.replace(/[^A-Za-z\d]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
  const field = joined.replace(/^[^A-Za-z]+/, '').slice(0, LONGEST);
  const name = field === '' ? 'value' : field.charAt(0).toLowerCase() + field.slice(1);
  return TAKEN.has(name) ? `${name}Value` : name;
}

/** Keeps names apart: the second of a kind gets a number. */
export class Names {
  private readonly taken = new Set<string>();

  claim(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); n += 1) {
      const suffix = `_${n}`;
      name = wanted.slice(0, LONGEST - suffix.length) + suffix;
    }
    this.taken.add(name);
    return name;
  }
}
