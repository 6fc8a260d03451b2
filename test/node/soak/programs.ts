import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The programs of a soak, each in one file. */
export interface Programs {
  readonly server: string;
  readonly clients: string;
  readonly directory: string;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Puts each program into one file: processes that are killed all the time must be back soon, and must be the same ones over the whole
 * run, whatever happens to the sources meanwhile. Inside the project, so that packages are found.
 */
export async function buildPrograms(): Promise<Programs> {
  const parent = join(ROOT, '.tmp');
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, 'soak-'));
  await build({
    entryPoints: ['soakServer', 'soakClients'].map((name) => join(import.meta.dirname, 'programs', `${name}.ts`)),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return {
    directory,
    server: join(directory, 'soakServer.mjs'),
    clients: join(directory, 'soakClients.mjs'),
  };
}
