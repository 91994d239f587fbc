// What a menu and a popover have in common: where they stand, how they look, and that closing gives the focus back.

/** Below its button, never past the edge of the screen. */
export function panelPlace<Align extends string>(anchor: HTMLElement, align: Align) {
  return {
    customAnchor: anchor,
    align,
    sideOffset: 6,
    collisionPadding: 8,
    onCloseAutoFocus: (event: Event): void => {
      event.preventDefault();
      anchor.focus();
    },
  };
}

export const panelLook = 'z-50 animate-enter rounded-lg border border-line bg-raised shadow-lift outline-none';
