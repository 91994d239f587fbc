// Runs before the first paint so that a dark screen never flashes white, and the language attribute is right at once.
(function () {
  var root = document.documentElement;
  var theme = null;
  try {
    theme = localStorage.getItem('theme');
    root.lang = localStorage.getItem('PARAGLIDE_LOCALE') || 'zh-CN';
  } catch (e) {
    root.lang = 'zh-CN';
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', dark);
})();
