/**
 * Lets CommonJS see the types of ky, which is ESM alone: in dist/*.d.cts its import gets the attribute that TypeScript wants
 * there, which the bundler of declarations drops. At run time Node requires ESM by itself.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

for (const name of readdirSync('dist').filter((file) => file.endsWith('.d.cts'))) {
  const text = readFileSync(`dist/${name}`, 'utf8')
    .replace(/^import 'ky';\n/m, '')
    .replace(/^import (\{[^}]*\}) from 'ky';$/m, "import type $1 from 'ky' with { 'resolution-mode': 'import' };");
  writeFileSync(`dist/${name}`, text);
}
