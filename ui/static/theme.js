// Runs before the first paint so that a dark screen never flashes white, and the language attribute is right at once.
(function () {
  var root = globalThis.document.documentElement;
  var theme = null;
  try {
    theme = globalThis.localStorage.getItem('theme');
    root.lang = globalThis.localStorage.getItem('PARAGLIDE_LOCALE') || 'zh-CN';
  } catch {
    root.lang = 'zh-CN';
  }
  var dark = theme === 'dark' || (theme !== 'light' && globalThis.matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', dark);
})();
