import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import type { OfflineKit } from '../src/serviceWorker/offlinePage/kit.ts';

const PAGE = new URL('../src/serviceWorker/offlinePage/', import.meta.url);

/** Every browser that has service workers, modules and the syntax of the sources. */
const TARGET = ['chrome94', 'firefox93', 'safari15.4'];

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** What offline pages are put together from, made from its sources. */
export async function buildOfflineKit(): Promise<OfflineKit> {
  const [script, handoffScript, style] = await Promise.all([
    bundle('script/plain.ts'),
    bundle('script/withHandoff.ts'),
    minifiedStyle(),
  ]);
  return { script, handoffScript, style, sha256 };
}

async function bundle(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, PAGE))],
    bundle: true,
    write: false,
    // The page has no other script whose names it could meet.
    format: 'esm',
    platform: 'browser',
    minify: true,
    // Names are short already; what is left over is the page's texts.
    charset: 'utf8',
    target: TARGET,
    logLevel: 'silent',
  });
  return insidePage(outputFiles[0]?.text ?? '');
}

async function minifiedStyle(): Promise<string> {
  const text = await readFile(new URL('page.css', PAGE), 'utf8');
  const { code } = await transform(text, { loader: 'css', minify: true, charset: 'utf8', target: TARGET });
  return insidePage(code);
}

/** What stands between the tags: with `</script` or `<!--` in it the element would end elsewhere. */
function insidePage(text: string): string {
  const code = text.trim();
  if (/<\/|<!--/.test(code)) throw new Error('The offline page has a part that can not stand in a page.');
  return code;
}
