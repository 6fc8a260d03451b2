import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '../../..');
const MOUNT = `
import { createRoot } from 'react-dom/client';
import { StrictMode } from 'react';
createRoot(document.body).render(<StrictMode><App /></StrictMode>);`;

/** The code of docs/react.md as one program over hosts that run: every block that says it is one of a page. */
export async function guideProgram(hosts: readonly string[]): Promise<string> {
  const guide = readFileSync(join(ROOT, 'docs/react.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```tsx page\n(.*?)^```$/gms)].map(([, text]) => text);
  const listed = hosts.map((host) => `'${host}'`).join();
  const contents = blocks.join('\n').replace("'https://a.example.com', 'https://b.example.com'", listed) + MOUNT;
  const { outputFiles } = await build({
    stdin: { contents, loader: 'tsx', resolveDir: ROOT },
    jsx: 'automatic',
    alias: { 'switchover/react': join(ROOT, 'src/react/index.ts'), switchover: join(ROOT, 'src/index.browser.ts') },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
