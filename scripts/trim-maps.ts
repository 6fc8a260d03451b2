/**
 * Takes the source maps of CommonJS files away: they were a third of the package. Bundlers and browsers, for which maps are, load ESM; in
 * Node the CommonJS files are as readable as the sources, whose names they keep. Where a map stays, a file says once where it is:
 * two bundlers in a row have each said it.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const COMMENTS = /(\n\/\/# sourceMappingURL=.*)+\s*$/;

for (const name of readdirSync('dist')) {
  const path = `dist/${name}`;
  if (name.endsWith('.cjs.map')) rmSync(path);
  if (!/\.c?js$/.test(name)) continue;
  writeFileSync(path, readFileSync(path, 'utf8').replace(COMMENTS, name.endsWith('.cjs') ? '\n' : '$1\n'));
}
