// A device's storage for tests, which may be full.
export function aShelf(): Storage & { full: boolean } {
  const kept = new Map<string, string>();
  const shelf = {
    full: false,
    getItem: (name: string) => kept.get(name) ?? null,
    removeItem: (name: string) => kept.delete(name),
    key: (at: number) => [...kept.keys()][at] ?? null,
    get length() {
      return kept.size;
    },
    setItem: (name: string, text: string) => {
      if (shelf.full) throw new DOMException('full', 'QuotaExceededError');
      kept.set(name, text);
    },
  };
  return shelf as unknown as Storage & { full: boolean };
}
