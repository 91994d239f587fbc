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

  /** What the button that opens the panel carries; spread it on. */
  get trigger() {
    return {
      'aria-expanded': this.open,
      onpointerenter: () => {
        this.#warm();
      },
      onpointerdown: () => {
        this.#wasOpen = this.open;
      },
      onclick: () => {
        this.#press();
      },
    };
  }

  /** On hover: the code is there before the press. */
  #warm(): void {
    this.panel ??= this.#load();
  }

  #press(): void {
    this.#warm();
    this.open = !this.#wasOpen;
    this.#wasOpen = false;
  }
}
