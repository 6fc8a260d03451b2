import { writeFile } from 'node:fs/promises';
import { SwitchoverError } from '../../policy/error.ts';
import { plotFleet } from '../../simulate/fleet/plot/plotFleet.ts';
import { PEERS, peerOf, runOurs, runPeer } from '../../simulate/peers/beside.ts';
import { plotBeside } from '../../simulate/peers/plot/plotBeside.ts';
import { SCENARIOS } from '../../simulate/scenarios/index.ts';
import { besideText } from './besideText.ts';
import { chosenScenario } from './chosenScenario.ts';
import { sizingText } from './sizingText.ts';
import { reportText } from './text.ts';
import { readSimulateCommand, SIMULATE_HELP, type SimulateWords } from './words.ts';

/** How `simulate` ended: its exit code, and what it has to say where. */
export interface SimulateEnd {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly complaint: string;
}

const said = (out: string): SimulateEnd => ({ code: 0, out, complaint: '' });

/** `npx switchover simulate`. */
export async function runSimulate(args: readonly string[]): Promise<SimulateEnd> {
  const command = readSimulateCommand(args);
  if (command.kind === 'help') return said(SIMULATE_HELP);
  if (command.kind === 'list') return said(listOfScenarios());
  if (command.kind === 'wrong') {
    return {
      code: 2,
      out: '',
      complaint: `${command.complaint}\n\nnpx switchover simulate --help says what there is.\n`,
    };
  }
  try {
    return said(await simulate(command.words));
  } catch (error) {
    if (!SwitchoverError.is(error)) throw error;
    const code = error.code === 'INVALID_OPTION' ? 2 : 1;
    return { code, out: '', complaint: `${error.message}\n${error.remedy}\n` };
  }
}

async function simulate(words: SimulateWords): Promise<string> {
  const scenario = await chosenScenario(words);
  if (words.size !== undefined) return sizingText(scenario, Number(words.size) * 1000);
  const names = words.beside?.split(',') ?? [];
  // A name that is wrong is refused before a long run, not after it.
  for (const name of names) peerOf(name, scenario);
  const ours = runOurs(scenario);
  const others = names.map((name) => runPeer(scenario, name));
  const runs = [ours, ...others];
  const { svg } = words;
  const draw = () => (others.length === 0 ? plotFleet(scenario, ours.record, ours.report) : plotBeside(scenario, runs));
  if (svg === '-') return draw();
  if (svg !== undefined) await write(svg, draw());
  if (words.json !== true)
    return reportText(scenario, ours.report) + (others.length === 0 ? '' : besideText(scenario, runs));
  const beside = others.map(({ report }, at) => ({ name: names[at], policy: PEERS[names[at] ?? ''], report }));
  return `${JSON.stringify({ scenario, report: ours.report, ...(others.length === 0 ? {} : { beside }) }, null, 2)}\n`;
}

async function write(path: string, content: string): Promise<void> {
  await writeFile(path, content).catch((cause: unknown) => {
    const remedy = 'Name a file in a folder that is there and may be written to.';
    throw new SwitchoverError('WRITE_FAILED', `${path} could not be written.`, { remedy, cause });
  });
}

function listOfScenarios(): string {
  const scenarios = Object.entries(SCENARIOS).map(
    ([name, scenario]) => [name, (scenario as { readonly about: string }).about] as const,
  );
  const policies = Object.entries(PEERS).map(([name, { title, about }]) => [name, `${title}: ${about}`] as const);
  const width = Math.max(...[...scenarios, ...policies].map(([{ length }]) => length)) + 2;
  const show = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([name, about]) => `  ${name.padEnd(width)}${about}`).join('\n');
  return `Scenarios:\n${show(scenarios)}\n\nPolicies for --beside:\n${show(policies)}\n`;
}
