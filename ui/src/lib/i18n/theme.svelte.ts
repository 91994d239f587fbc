// Light, dark or as the system says. static/theme.js applies the same choice before the first paint.
export type Theme = 'light' | 'dark' | 'system';

const KEY = 'theme';

function read(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

class ThemeChoice {
  current = $state<Theme>(read());
  #system = matchMedia('(prefers-color-scheme: dark)');

  get isDark(): boolean {
    return this.current === 'dark' || (this.current === 'system' && this.#system.matches);
  }

  choose(theme: Theme): void {
    this.current = theme;
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
    this.apply();
  }

  apply(): void {
    document.documentElement.classList.toggle('dark', this.isDark);
    const bar = getComputedStyle(document.documentElement).getPropertyValue('--canvas').trim();
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', bar);
  }

  /** Follows the system while that is the choice; returns what stops it. */
  watch(): () => void {
    const follow = (): void => {
      this.apply();
    };
    this.apply();
    this.#system.addEventListener('change', follow);
    return () => {
      this.#system.removeEventListener('change', follow);
    };
  }
}

export const theme = new ThemeChoice();
