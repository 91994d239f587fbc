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
    'concatenate date time duration string modulo now today index done total results outcomes times item'
  ).split(' '),
);

/** A name as FEEL and forms have it: `my_var` gives `myVar`. */
export function toField(text: string): string {
  const name = inOneWord(text, 'value');
  return TAKEN.has(name) ? `${name}Value` : name;
}

/** A name as activities have it: `charge-card` gives `chargeCard`. */
export function toActivity(text: string): string {
  return inOneWord(text, 'activity');
}

function inOneWord(text: string, otherwise: string): string {
  const joined = text.replace(/[^A-Za-z\d]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
  const word = joined.replace(/^[^A-Za-z]+/, '').slice(0, LONGEST);
  return word === '' ? otherwise : word.charAt(0).toLowerCase() + word.slice(1);
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
