// Small habits of a person on this device.
type Name = 'singleKeys' | 'openNext' | 'sidePanel';

function read(name: Name): boolean {
  return localStorage.getItem(`pref.${name}`) !== 'off';
}

class Prefs {
  /** Single-letter shortcuts (WCAG 2.1.4 asks for a switch). */
  singleKeys = $state(read('singleKeys'));
  /** After a decision the next row opens by itself. */
  openNext = $state(read('openNext'));
  sidePanel = $state(read('sidePanel'));

  set(name: Name, on: boolean): void {
    this[name] = on;
    localStorage.setItem(`pref.${name}`, on ? 'on' : 'off');
  }
}

export const prefs = new Prefs();
