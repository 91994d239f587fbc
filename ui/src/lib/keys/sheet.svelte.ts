/** Whether the cheat-sheet is open; a button may open it as `?` does. */
export const sheet = $state({ open: false });
