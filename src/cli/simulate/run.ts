import { writeFile } from 'node:fs/promises';
import { SwitchoverError } from '../../policy/error.ts';
import { Fleet } from '../../simulate/fleet/fleet.ts';
import { plotFleet } from '../../simulate/fleet/plot/plotFleet.ts';
import { reportOn } from '../../simulate/fleet/report.ts';
import { SCENARIOS } from '../../simulate/scenarios/index.ts';
import { chosenScenario } from './chosenScenario.ts';
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
  const record = new Fleet(scenario).run();
  const report = reportOn(scenario, record);
  const { svg } = words;
  const picture = svg === undefined ? '' : plotFleet(scenario, record, report);
  if (svg === '-') return picture;
  if (svg !== undefined) await write(svg, picture);
  return words.json === true ? `${JSON.stringify({ scenario, report }, null, 2)}\n` : reportText(scenario, report);
}

async function write(path: string, content: string): Promise<void> {
  await writeFile(path, content).catch((cause: unknown) => {
    const remedy = 'Name a file in a folder that is there and may be written to.';
    throw new SwitchoverError('WRITE_FAILED', `${path} could not be written.`, { remedy, cause });
  });
}

function listOfScenarios(): string {
  const names = Object.keys(SCENARIOS);
  const width = Math.max(...names.map(({ length }) => length)) + 2;
  const lines = Object.entries(SCENARIOS).map(
    ([name, scenario]) => `  ${name.padEnd(width)}${(scenario as { readonly about: string }).about}`,
  );
  return `${lines.join('\n')}\n`;
}
