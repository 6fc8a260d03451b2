/** `npm run bench -- <name>`: side by side with other libraries, in one run. */
import { parseArgs } from 'node:util';
import { browser } from './browser/index.ts';
import { http } from './http/index.ts';
import { sectionText } from './lib/layout.ts';
import { machine } from './lib/machine.ts';
import { writePage } from './lib/page.ts';
import type { Benchmark, Section } from './lib/report.ts';
import { policy } from './policy/index.ts';
import { simulate } from './simulate/index.ts';
import { socket } from './socket/index.ts';
import { stores } from './stores/index.ts';

const BENCHMARKS: readonly Benchmark[] = [http, socket, browser, stores, policy, simulate];

const OPTIONS = {
  only: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function help(): string {
  const list = BENCHMARKS.flatMap(({ name, summary, parts }) => [
    `  ${name.padEnd(12)}${summary}`,
    ...parts.map((part) => `    ${part.name.padEnd(10)}${part.summary}`),
  ]);
  return `npm run bench -- <name> [options]

${list.join('\n')}

  --only a,b  only these parts
  --quick     so little of everything that the figures mean nothing: shows that it works
  --json      the figures, for machines
  --write     puts the figures into docs/benchmarks.md
  --help      this

It says which goals are met and which are not, and ends with 0 in both cases. Ratios are what counts: times are this machine's.
`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const benchmark = BENCHMARKS.find(({ name }) => name === positionals[0]);
  if (values.help || positionals.length === 0) return void process.stdout.write(help());
  if (benchmark === undefined || positionals.length > 1)
    throw new Error(`There is no benchmark ${positionals.join(' ')}.`);
  const wanted = values.only?.split(',');
  const unknown = wanted?.find((name) => !benchmark.parts.some((part) => part.name === name));
  if (unknown !== undefined) throw new Error(`${benchmark.name} has no part ${unknown}.`);
  const sections: Section[] = [];
  if (!values.json) console.log(`${machine()}\n`);
  for (const part of benchmark.parts.filter(({ name }) => wanted?.includes(name) ?? true)) {
    const section = await part.run({ quick: values.quick });
    sections.push(section);
    if (!values.json) console.log(sectionText(section));
  }
  if (values.json) console.log(JSON.stringify({ machine: machine(), sections }, null, 2));
  if (values.write) await writePage(benchmark, sections);
}

await main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
