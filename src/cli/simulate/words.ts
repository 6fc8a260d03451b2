import { parseArgs } from 'node:util';

/** What `simulate` was told, as it stands on the command line. */
export interface SimulateWords {
  /** Name of a scenario that comes along, or path of a file. */
  readonly scenario: string;
  readonly clients?: string;
  readonly utilisation?: string;
  readonly seed?: string;
  readonly fault?: readonly string[];
  readonly set?: readonly string[];
  readonly beside?: string;
  readonly size?: string;
  readonly svg?: string;
  readonly json?: boolean;
}

export type SimulateCommand =
  | { readonly kind: 'run'; readonly words: SimulateWords }
  | { readonly kind: 'list' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly complaint: string };

export const SIMULATE_HELP = `Usage: npx switchover simulate [scenario] [options]

Runs a fleet of clients against failing hosts, on virtual time: each client decides by
the code that runs in the product. The same scenario and seed give the same result.

  scenario              one that comes along (--list), or a JSON file; default outage
  --clients <n>         how many clients, up to 1,000,000; hosts grow with them
  --utilisation <u>     load over capacity while all is well, such as 0.5
  --fault <fault>       kind:host:from-until in seconds, such as refuse:a:30-90, instead
                        of the scenario's faults; may be given several times
  --set <option=value>  an option of the clients' pools, such as budget.capacity=10;
                        may be given several times
  --seed <n>            another run of the same
  --beside <names>      the policies of other libraries in the same run, such as
                        ky,aws,grpc; --list names them
  --size <seconds>      no run: reckons what a standby must have in reserve, so that an
                        overload by retries lasts no longer than this
  --svg <file>          a picture of load and success over time; - writes it out
  --json                the scenario and the whole report as JSON
  --list, --help

Kinds of fault: refuse, black-hole, stall, brown-out, flap, error, drain, standby.

Ends with 0, with 1 if a file could not be read or written, and with 2 for a wrong
argument or a scenario that makes no sense.
`;

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  clients: text,
  utilisation: text,
  seed: text,
  fault: texts,
  set: texts,
  beside: text,
  size: text,
  svg: text,
  json: flag,
  list: flag,
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads what comes after `simulate`. What the words mean is looked at later. */
export function readSimulateCommand(args: readonly string[]): SimulateCommand {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const { help, list, ...words } = values;
    if (help === true) return { kind: 'help' };
    if (list === true) return { kind: 'list' };
    const [scenario = 'outage', ...more] = positionals;
    if (more.length > 0)
      return { kind: 'wrong', complaint: `simulate takes one scenario; ${more.join(' ')} is too much.` };
    if (words.json === true && words.svg === '-')
      return { kind: 'wrong', complaint: '--json and --svg - would both be written out.' };
    if (words.size !== undefined && !(Number(words.size) > 0))
      return { kind: 'wrong', complaint: `--size ${words.size} is no time: give seconds, such as 30.` };
    return { kind: 'run', words: { ...words, scenario } };
  } catch (error) {
    return { kind: 'wrong', complaint: error instanceof Error ? error.message : String(error) };
  }
}
