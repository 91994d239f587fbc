// Which language the screens speak is settled before the first paint, by /theme.js: what was chosen here, else what the browser
// asks for, else the server's default (the page comes with it). Every text reads it from the page.
import { overwriteGetLocale, toLocale } from '#lib/paraglide/runtime.js';

const locale = toLocale(document.documentElement.lang) ?? 'zh-CN';
overwriteGetLocale(() => locale);
