/**
 * The one page of the built interface, as it is sent: with the server's language, and the hashes of its inline scripts for the
 * policy header. Read again when the file changes, so that rebuilding under a running server breaks no page.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Locale } from './config.ts';

export interface BuiltPage {
  html: string;
  /** As a policy wants them: `'sha256-…'`. */
  scriptHashes: string[];
}

/** What gives the page as it is now: empty where nothing is built. `locale` is for whoever has chosen no language. */
export function watchBuiltPage(uiDir: string, locale: Locale): () => BuiltPage {
  const path = join(uiDir, 'index.html');
  let readAtMs: number | undefined;
  let page: BuiltPage = { html: '', scriptHashes: [] };
  return () => {
    // While it is being rebuilt there is none for a moment: the last one stays.
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (changedMs !== undefined && changedMs !== readAtMs) {
      page = readPage(path, locale);
      readAtMs = changedMs;
    }
    return page;
  };
}

function readPage(path: string, locale: Locale): BuiltPage {
  const html = readFileSync(path, 'utf8').replace(/<html lang="[^"]*"/, `<html lang="${locale}"`);
  return { html, scriptHashes: inlineScriptHashes(html) };
}

/** Of every inline script of the page, as the browser computes them: over the text between the tags. */
function inlineScriptHashes(html: string): string[] {
  const scripts = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
  return scripts.map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
}
