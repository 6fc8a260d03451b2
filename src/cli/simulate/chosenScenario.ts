import { readFile } from 'node:fs/promises';
import { SwitchoverError } from '../../policy/error.ts';
import { ADMISSION, type AdmissionPolicy } from '../../session/admission.ts';
import { readScenario } from '../../simulate/fleet/readScenario.ts';
import type { Scenario } from '../../simulate/fleet/scenario.ts';
import { SCENARIOS } from '../../simulate/scenarios/index.ts';
import type { SimulateWords } from './words.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The scenario that was asked for, with what the command line changes of it.
 *
 * @throws SwitchoverError (as a rejection) `READ_FAILED` or `INVALID_OPTION`.
 */
export async function chosenScenario(words: SimulateWords): Promise<Scenario> {
  const known = Object.hasOwn(SCENARIOS, words.scenario) ? SCENARIOS[words.scenario] : await read(words.scenario);
  // What is no object is refused where scenarios are read.
  if (typeof known !== 'object' || known === null || Array.isArray(known)) return readScenario(known);
  const scenario = known as Fields;
  const numbers = (['clients', 'utilisation', 'seed'] as const)
    .filter((name) => words[name] !== undefined)
    .map((name) => [name, Number(words[name])]);
  const faults = words.fault === undefined ? {} : { faults: words.fault.map(readFault) };
  const sessions = sessionsFor(scenario, words.clients);
  const policy = withSettings(scenario['policy'] ?? {}, words.set ?? []);
  return readScenario({ ...scenario, ...Object.fromEntries(numbers), ...faults, ...sessions, policy });
}

/** Hosts grow with their clients, so those of a fleet of sessions let in as many more. */
function sessionsFor(scenario: Fields, wanted: string | undefined): Fields {
  const { sessions, clients } = scenario;
  if (wanted === undefined || typeof sessions !== 'object' || sessions === null) return {};
  const { ratePerSecond, burst } = { ...ADMISSION, ...(sessions as Partial<AdmissionPolicy>) };
  const growth = Number(wanted) / Number(clients);
  const grown = { ratePerSecond: Math.max(1, ratePerSecond * growth), burst: Math.max(1, burst * growth) };
  // What is no number is refused where the scenario is read.
  return growth > 0 && growth < Infinity ? { sessions: { ...sessions, ...grown } } : {};
}

async function read(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const remedy = `Give the path of a JSON file, or one of: ${Object.keys(SCENARIOS).join(', ')}.`;
    throw new SwitchoverError('READ_FAILED', `There is no scenario ${path}.`, { remedy, cause });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const complaint = cause instanceof Error ? cause.message : 'no JSON';
    throw wrong(`${path} is no JSON: ${complaint}`, 'Mend it, or begin with one that --json writes out.');
  }
}

/** `kind:host:from-until`, in seconds. */
function readFault(text: string): unknown {
  const [, kind, host, from, until] = /^([a-z-]+):([a-z0-9-]+):([\d.]+)-([\d.]+)$/.exec(text) ?? [];
  if (kind === undefined)
    throw wrong(`--fault ${text} can't be read`, 'Write kind:host:from-until, as refuse:a:30-90.');
  return { kind, host, fromMs: Number(from) * 1000, untilMs: Number(until) * 1000 };
}

/** Lays `section.name=value` over a policy. Whether there is such an option, the policy knows. */
function withSettings(policy: unknown, settings: readonly string[]): unknown {
  return settings.reduce<unknown>((before, setting) => {
    const [, section = '', name = '', value = ''] = /^(\w+)\.(\w+)=(.+)$/.exec(setting) ?? [];
    if (section === '') throw wrong(`--set ${setting} can't be read`, 'Write section.name=value, as retry.attempts=1.');
    const sections = { ...(before as Fields) };
    return { ...sections, [section]: { ...(sections[section] as Fields | undefined), [name]: readValue(value) } };
  }, policy);
}

function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

const wrong = (complaint: string, remedy: string): SwitchoverError =>
  new SwitchoverError('INVALID_OPTION', `${complaint}.`, { remedy });
