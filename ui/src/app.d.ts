// What the router keeps with a place in the history.
declare global {
  namespace App {
    interface PageState {
      /** The dialog that is open over the page (back-closes.svelte.ts). */
      dialog?: number;
    }
  }
}

export {};
