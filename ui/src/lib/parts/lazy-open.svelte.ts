// A panel whose code is loaded when it is first opened: the button is there at once, what it opens comes after.
// A press on the button while the panel is open closes it (the panel itself closes on the way down).
export class LazyOpen<Panel> {
  open = $state(false);
  panel = $state.raw<Promise<Panel> | undefined>();
  #load: () => Promise<Panel>;
  #wasOpen = false;

  constructor(load: () => Promise<Panel>) {
    this.#load = load;
  }

  /** On hover or focus: the code is there before the press. */
  warm(): void {
    this.panel ??= this.#load();
  }

  down(): void {
    this.#wasOpen = this.open;
  }

  press(): void {
    this.warm();
    this.open = !this.#wasOpen;
    this.#wasOpen = false;
  }
}
