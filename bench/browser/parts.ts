import { type OutputOptions, type RollupOptions, rollup } from 'rollup';
import rollupFiles from '../../rollup.config.mjs';
import { buildOfflineKit } from '../../scripts/offlineKit.ts';
import type { SiteParts } from '../../src/publish/parts.ts';

let made: Promise<SiteParts> | undefined;

/**
 * What the package brings along for a site, made from the sources as its build makes it: the figures are of what is there, whether or
 * not it was built.
 */
export function partsFromSources(): Promise<SiteParts> {
  made ??= make();
  return made;
}

async function make(): Promise<SiteParts> {
  const [offlinePage, redirect, transparent, kit] = await Promise.all([
    rolled('dist/sw.js'),
    rolled('dist/sw-redirect.js'),
    rolled('dist/sw-transparent.js'),
    buildOfflineKit(),
  ]);
  const workers = { 'offline-page': offlinePage, redirect, transparent };
  return { version: '0.0.0', workers, interposer: '', killSwitch: '', kit };
}

/** A file of the package, as rollup makes it. */
async function rolled(file: string): Promise<string> {
  const options = rollupFiles.find(({ output }) => output.file === file);
  if (options === undefined) throw new Error(`rollup.config.mjs has no ${file}.`);
  const bundle = await rollup(options as RollupOptions);
  const { output } = await bundle.generate(options.output as OutputOptions);
  await bundle.close();
  return output[0].code;
}
