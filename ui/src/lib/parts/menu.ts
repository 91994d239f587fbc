import type { Component } from 'svelte';

/** One line of a menu. */
export interface MenuItem {
  label: string;
  icon?: Component<{ class?: string }>;
  /** A key that does the same, shown at the right. */
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
  checked?: boolean;
  /** Draws a line above. */
  divide?: boolean;
  onselect: () => void;
}
