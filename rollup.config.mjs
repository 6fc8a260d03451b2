import { build, transform } from 'esbuild';

/**
 * What must be one file, made from the ESM that tsup built: today the browser global, later the service worker's files.
 * Each output is a row of `files`.
 */
const files = [
  { input: 'dist/index.browser.js', file: 'dist/switchover.global.js', format: 'iife', name: 'switchover' },
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

/** @type {import('rollup').Plugin} */
const minified = {
  name: 'minified',
  async renderChunk(code) {
    const result = await transform(code, { minify: true, sourcemap: true, target: 'es2022' });
    return { code: result.code, map: result.map };
  },
};

export default files.map(({ input, ...output }) => ({
  input,
  plugins: [dependencies, minified],
  output: { ...output, sourcemap: true },
}));
