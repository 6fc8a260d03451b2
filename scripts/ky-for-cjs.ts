/**
 * Gives the CommonJS files a copy of ky, which is ESM alone: `require` takes that on Node from 22.12 on, and not in Jest. Errors of the copy are
 * told by ky's own `isHTTPError` and its like, which go by the name.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

await build({
  entryPoints: ['ky'],
  outfile: 'dist/ky.cjs',
  bundle: true,
  format: 'cjs',
  target: 'es2022',
  banner: { js: '/*! ky, MIT: THIRD-PARTY-LICENSES.txt beside this file */' },
});

for (const name of readdirSync('dist').filter((file) => file.endsWith('.cjs') && file !== 'ky.cjs')) {
  const text = readFileSync(`dist/${name}`, 'utf8');
  writeFileSync(`dist/${name}`, text.replaceAll("require('ky')", "require('./ky.cjs')"));
}
