import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { type OutputChunk, type RollupOutput, rollup } from 'rollup';
import { build as viteBuild } from 'vite';
import webpack from 'webpack';
import { output as outputOf } from '../../rig/output.ts';

/** What a bundler made of a program. */
export interface Bundle {
  /** The files that code came from, relative to the project. */
  readonly modules: readonly string[];
}

/** @returns The modules of a bundle for pages, whose first file is `<outdir>/main.js`. */
export type Bundler = (project: string, entry: string, outdir: string) => Promise<Bundle>;

/** The least that each needs to be told to bundle a page's program. */
export const BUNDLERS: Readonly<Record<'esbuild' | 'parcel' | 'rollup' | 'vite' | 'webpack', Bundler>> = {
  async esbuild(project, entry, outdir) {
    const { metafile, warnings } = await esbuild.build({
      absWorkingDir: project,
      entryPoints: { main: entry },
      outdir,
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      metafile: true,
      logLevel: 'error',
    });
    const ofOurs = warnings.find(({ location }) => location?.file !== entry);
    if (ofOurs !== undefined) throw new Error(ofOurs.text);
    const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    return { modules: used.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path) };
  },

  // It knows no `exports` unless the app's package.json says that it shall (`@parcel/resolver-default`).
  async parcel(project, entry, outdir) {
    const folder = join(project, `parcel-${entry}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'main.js'), `import '../${entry}';`);
    const words = ['build', join(folder, 'main.js'), '--dist-dir', outdir, '--no-cache', '--log-level', 'warn'];
    await outputOf(project, process.execPath, [join(project, 'node_modules/parcel/lib/bin.js'), ...words]);
    const maps = (await readdir(outdir)).filter((name) => name.endsWith('.map'));
    const texts = await Promise.all(maps.map((name) => readFile(join(outdir, name), 'utf8')));
    return { modules: texts.flatMap((text) => JSON.parse(text).sources as string[]) };
  },

  async rollup(project, entry, outdir) {
    const { nodeResolve } = await import(join(project, 'node_modules/@rollup/plugin-node-resolve/dist/es/index.js'));
    const erased = join(project, entry.replace('.ts', '.rollup.js'));
    await esbuild.build({ entryPoints: [join(project, entry)], outfile: erased, tsconfigRaw: {}, format: 'esm' });
    const bundle = await rollup({
      input: { main: erased },
      plugins: [nodeResolve({ browser: true })],
      onwarn: (warning) => {
        throw new Error(warning.message);
      },
    });
    const { output } = await bundle.write({ dir: outdir, format: 'es' });
    return { modules: modulesOf(project, output) };
  },

  async vite(project, entry, outdir) {
    const made = await viteBuild({
      root: project,
      configFile: false,
      logLevel: 'error',
      publicDir: false,
      build: {
        outDir: outdir,
        emptyOutDir: false,
        modulePreload: false,
        rollupOptions: { input: { main: join(project, entry) }, output: { entryFileNames: 'main.js' } },
      },
      base: './',
    });
    return { modules: modulesOf(project, (made as unknown as RollupOutput).output) };
  },

  async webpack(project, entry, outdir) {
    const erased = join(project, entry.replace('.ts', '.webpack.mjs'));
    await esbuild.build({ entryPoints: [join(project, entry)], outfile: erased, tsconfigRaw: {}, format: 'esm' });
    return runWebpack(project, { mode: 'production', entry: erased, output: { path: outdir, filename: 'main.js' } });
  },
};

/** A program for Node in one CommonJS file, everything in it. */
export const NODE_BUNDLERS: Readonly<Record<'esbuild' | 'webpack', Bundler>> = {
  async esbuild(project, entry, outdir) {
    await esbuild.build({
      absWorkingDir: project,
      entryPoints: { main: entry },
      outdir,
      bundle: true,
      platform: 'node',
      logLevel: 'error',
    });
    await writeFile(join(outdir, 'package.json'), '{ "type": "commonjs" }');
    return { modules: [] };
  },

  async webpack(project, entry, outdir) {
    const erased = join(project, entry.replace('.ts', '.node.mjs'));
    await esbuild.build({
      absWorkingDir: project,
      entryPoints: [entry],
      outfile: erased,
      bundle: true,
      packages: 'external',
      format: 'esm',
    });
    const output = { path: outdir, filename: 'main.js' };
    const made = await runWebpack(project, {
      mode: 'development',
      devtool: false,
      target: 'node22',
      entry: erased,
      output,
    });
    await writeFile(join(outdir, 'package.json'), '{ "type": "commonjs" }');
    return made;
  },
};

function modulesOf(project: string, output: readonly (OutputChunk | { readonly type: 'asset' })[]): string[] {
  const chunks = output.filter((part) => part.type === 'chunk') as readonly OutputChunk[];
  return chunks
    .flatMap(({ modules }) => Object.entries(modules))
    .filter(([path, { renderedLength }]) => renderedLength > 0 && !path.startsWith('\0'))
    .map(([path]) => relative(project, path));
}

function runWebpack(project: string, configuration: webpack.Configuration): Promise<Bundle> {
  return new Promise((resolve, reject) => {
    webpack({ ...configuration, context: project }, (error, stats) => {
      const said = stats?.toJson({ all: false, errors: true, warnings: true, modules: true, nestedModules: true });
      const complaints = [...(said?.errors ?? []), ...(said?.warnings ?? [])].filter(
        ({ message }) => !/size limit|performance/.test(message),
      );
      if (error !== null || complaints.length > 0) reject(error ?? new Error(complaints[0]?.message));
      else resolve({ modules: namesOf(said?.modules ?? []).map((path) => relative(project, path)) });
    });
  });
}

function namesOf(modules: readonly webpack.StatsModule[]): string[] {
  const here = modules.flatMap(({ nameForCondition }) => nameForCondition ?? []);
  return [...here, ...modules.flatMap(({ modules: inner = [] }) => namesOf(inner))];
}
