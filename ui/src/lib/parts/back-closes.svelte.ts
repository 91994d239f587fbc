// The back key of a phone closes what is open over the page instead of leaving the page: opening adds a place to the history that
// stands for the dialog, closing takes it away again.
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { navigating, page } from '$app/state';

let opened = 0;

/** For an $effect of a dialog that is open; returns what ends it. `close` is called when the person went back. */
export function backCloses(close: () => void): () => void {
  if (!matchMedia('(max-width: 767px)').matches) return () => undefined;
  const own = ++opened;
  const here = page.url.pathname + page.url.search;
  const isHere = (): boolean => page.state.dialog === own;
  const pushed = goto(resolve(here as '/'), { state: { dialog: own }, shallow: true });
  function onpopstate(): void {
    // After the router has taken the place over.
    setTimeout(() => {
      if (!isHere()) close();
    });
  }
  addEventListener('popstate', onpopstate);
  return () => {
    removeEventListener('popstate', onpopstate);
    // Whoever closed it by going somewhere is on the way: going back would call them back.
    void pushed.then(() => {
      setTimeout(() => {
        if (isHere() && navigating.to === null) history.back();
      });
    });
  };
}
