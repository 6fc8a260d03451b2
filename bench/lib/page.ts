import { readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { sectionMarkdown } from './layout.ts';
import { machine } from './machine.ts';
import type { Benchmark, Section } from './report.ts';

const PAGE = new URL('../../docs/benchmarks.md', import.meta.url);

/** Puts a benchmark's latest figures into the page, between its marks. */
export async function writePage({ name }: Benchmark, sections: readonly Section[]): Promise<void> {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/benchmarks.md has no marks for ${name}.`);
  const date = new Date().toISOString().slice(0, 10);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const measured = `Measured on ${date} by \`npm run bench -- ${name}\`: ${machine()}; load at its end ${load}.`;
  const figures = [measured, '', ...sections.map(sectionMarkdown)].join('\n');
  await writeFile(PAGE, `${before}${begin}\n\n${figures}\n${end}${after}`);
}
