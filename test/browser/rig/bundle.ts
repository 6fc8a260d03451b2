import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '../../..');

const made = new Map<string, Promise<string>>();

/**
 * A script for browsers, straight from the sources. Each is made once in a file of tests.
 *
 * @param path From the root of the repository.
 */
export function bundle(path: string, format: 'iife' | 'esm' = 'iife'): Promise<string> {
  const key = `${format} ${path}`;
  const script = made.get(key) ?? bundled(path, format);
  made.set(key, script);
  return script;
}

async function bundled(path: string, format: 'iife' | 'esm'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, path)],
    bundle: true,
    write: false,
    format,
    target: 'es2022',
    // What imports the package by its own name.
    alias: { switchover: join(ROOT, 'src/index.browser.ts') },
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
