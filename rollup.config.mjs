import { build, transform } from 'esbuild';
import { minify } from 'terser';

/**
 * A file of a service worker. Modules are strict as they are written: to say so again would only be bytes.
 *
 * @param {string} source
 * @param {string} file
 * @returns {{ input: string, file: string, format: 'iife', strict: boolean }}
 */
const worker = (source, file) => ({
  input: `src/serviceWorker/${source}`,
  file: `dist/${file}`,
  format: 'iife',
  strict: false,
});

/**
 * What must be one file: the browser global, made from the ESM that tsup built, and what a browser loads as a service worker.
 * Each output is a row of `files`.
 */
const files = [
  {
    input: 'dist/index.browser.js',
    file: 'dist/switchover.global.js',
    format: 'iife',
    name: 'switchover',
    sourcemap: true,
    // Terser keeps it for its exclamation mark.
    banner:
      '/*! Switchover, MIT. Licences of ky, idb-keyval and workbox-window: THIRD-PARTY-LICENSES.txt beside this file */',
  },
  worker('standalone/offlinePage.ts', 'sw.js'),
  worker('standalone/redirect.ts', 'sw-redirect.js'),
  worker('standalone/transparent.ts', 'sw-transparent.js'),
  worker('killSwitch.ts', 'kill-sw.js'),
  worker('interposer.ts', 'interpose.js'),
];

/**
 * Dependencies become one ES module each; esbuild finds them as a browser's bundler would, and reads the CommonJS ones.
 * @type {import('rollup').Plugin}
 */
const dependencies = {
  name: 'dependencies',
  resolveId(source, importer) {
    return importer === undefined || /^[./]/.test(source) ? null : `dependency:${source}`;
  },
  async load(id) {
    if (!id.startsWith('dependency:')) return null;
    const entryPoints = [id.slice('dependency:'.length)];
    const bundle = await build({ entryPoints, bundle: true, write: false, format: 'esm', target: 'es2022' });
    return bundle.outputFiles[0]?.text;
  },
};

/**
 * Local imports name the file that is there, so all that is left to do is to erase the types.
 * @type {import('rollup').Plugin}
 */
const typescript = {
  name: 'typescript',
  async transform(text, id) {
    if (!id.endsWith('.ts')) return null;
    const { code, map } = await transform(text, { loader: 'ts', sourcemap: true, sourcefile: id, target: 'es2022' });
    return { code, map };
  },
};

/**
 * Terser, since it takes functions that are used once to where they are: a twentieth less than esbuild.
 * @type {import('rollup').Plugin}
 */
const minified = {
  name: 'minified',
  async renderChunk(code) {
    const { code: small = '', map } = await minify(code, {
      ecma: 2022,
      compress: { passes: 3, negate_iife: false },
      sourceMap: true,
    });
    return { code: small, map: String(map) };
  },
};

export default files.map(({ input, ...output }) => ({
  input,
  plugins: [dependencies, typescript, minified],
  output,
}));
