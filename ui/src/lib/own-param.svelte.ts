// A part of the page's own address. While a page is being left, `page.params` are the next page's already, and what is derived
// from them would be made anew with a stranger's id in a page that is about to go.
import { afterNavigate } from '$app/navigation';
import { page } from '$app/state';

function read(name: string): string {
  return (page.params as Record<string, string | undefined>)[name] ?? '';
}

/** Made while a page component is set up; follows the address for as long as the page stays. */
export function ownParam(name: string): { readonly value: string } {
  let value = $state(read(name));
  afterNavigate(() => {
    value = read(name);
  });
  return {
    get value() {
      return value;
    },
  };
}
