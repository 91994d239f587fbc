/** A message of ours in the shape of the server's texts, in the language now shown. */
export function both(message: () => string): { 'zh-CN': string; en: string } {
  const text = message();
  return { 'zh-CN': text, en: text };
}
