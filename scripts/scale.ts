/**
 * `npm run scale`: makes the figures and pictures of docs/scale.md from committed scenarios. The same sources make the same bytes.
 * `npm run scale -- overload sizing` makes some sections; `--check` writes nothing, and says what would be another.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { within } from './scale/page.ts';
import { SECTIONS } from './scale/sections.ts';

const PAGE = new URL('../docs/scale.md', import.meta.url);
const pictureAt = (name: string): URL => new URL(`../docs/images/${name}.svg`, import.meta.url);

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !SECTIONS.some((section) => section.name === name));
if (unknown.length > 0) throw new Error(`there is no section ${unknown.join(', ')}`);

const changed: string[] = [];
for (const { name, make } of SECTIONS) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const begun = performance.now();
  const { markdown, pictures = {} } = make();
  // A run takes minutes: the page may have been written on meanwhile.
  const page = await readFile(PAGE, 'utf8');
  const next = within(page, name, markdown);
  if (next !== page) changed.push(`docs/scale.md, ${name}`);
  if (!values.check && next !== page) await writeFile(PAGE, next);
  for (const [picture, svg] of Object.entries(pictures)) await keep(picture, svg);
  console.log(`${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
}
for (const what of changed) console.log(`${values.check ? 'would change' : 'changed'}: ${what}`);
process.exitCode = values.check && changed.length > 0 ? 1 : 0;

async function keep(picture: string, svg: string): Promise<void> {
  const before = await readFile(pictureAt(picture), 'utf8').catch(() => '');
  if (before === svg) return;
  changed.push(`docs/images/${picture}.svg`);
  if (!values.check) await writeFile(pictureAt(picture), svg);
}
