// Runs before the first paint so that a dark screen never flashes white, and the language is right at once: the one chosen here,
// else the first of the browser's that there are texts in, else the one the server put into the page.
(function () {
  var root = globalThis.document.documentElement;
  var stored = function (key) {
    try {
      return globalThis.localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  var wanted = [stored('PARAGLIDE_LOCALE')].concat(globalThis.navigator.languages);
  var found = wanted.find(function (tag) {
    return /^(zh|en)\b/i.test(tag || '');
  });
  if (found) root.lang = /^zh/i.test(found) ? 'zh-CN' : 'en';
  var theme = stored('theme');
  var dark = theme === 'dark' || (theme !== 'light' && globalThis.matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', dark);
})();
