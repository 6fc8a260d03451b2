import { invalidOption, refuseUnknown } from '../../policy/fill.ts';
import type { PolicyOptions } from '../../policy/policyOptions.ts';
import { readPolicy } from '../../policy/poolPolicy.ts';
import { everyRule } from '../../policy/rules/everyRule.ts';
import { readSessions } from './readSessions.ts';
import type { Fault, FaultKind, FleetHost, OfflineClients, Scenario, SessionOptions } from './scenario.ts';
import { type Fields, fieldsOf, LONGEST_MS, list, number, span, text } from './scenarioFields.ts';

/** Most clients of one run. */
const MOST_CLIENTS = 1_000_000;

const FAULT_KINDS: readonly FaultKind[] = [
  'refuse',
  'black-hole',
  'stall',
  'brown-out',
  'flap',
  'error',
  'drain',
  'standby',
];

/** What each kind of fault has beside its host and its time. */
const FAULT_OPTIONS: Readonly<Record<FaultKind, readonly (keyof Fault)[]>> = {
  refuse: [],
  'black-hole': [],
  stall: [],
  'brown-out': ['share'],
  flap: ['cycleMs'],
  error: ['share', 'status'],
  drain: ['windowMs'],
  standby: [],
};

const HOST_DEFAULTS = {
  capacity: 1,
  latencyMs: 40,
  queueMs: 30_000,
  admitMs: null,
  refusalCost: 0.05,
  coldStart: null,
} as const;

/**
 * Reads a scenario as it stands in a file, and fills the defaults in.
 *
 * @throws SwitchoverError `INVALID_OPTION` for what is missing, unknown, or out of its range.
 */
export function readScenario(given: unknown): Scenario {
  const fields = fieldsOf(given, 'The scenario');
  refuseUnknown(fields, SCENARIO_FIELDS, 'scenario.');
  const policy = fieldsOf(fields['policy'] ?? {}, 'policy') as PolicyOptions;
  readPolicy(policy, everyRule);
  const hosts = readHosts(fields['hosts']);
  const durationMs = number(fields, 'durationMs', { least: 1000, most: LONGEST_MS });
  const offline = fields['offline'] ?? null;
  const faults = list(fields['faults'] ?? [], 'faults').map((fault, at) => readFault(fault, `faults[${at}]`, hosts));
  const sessions =
    fields['sessions'] === undefined || fields['sessions'] === null ? null : readSessions(fields, faults);
  return {
    title: text(fields, 'title', 'a scenario'),
    about: text(fields, 'about', ''),
    seed: number(fields, 'seed', { preset: 1, most: 2 ** 32 - 1, whole: true }),
    clients: number(fields, 'clients', { least: 1, most: MOST_CLIENTS, whole: true }),
    ...readPace(fields, sessions),
    durationMs,
    method: text(fields, 'method', 'GET'),
    hosts,
    faults,
    offline: offline === null ? null : readOffline(offline),
    sessions,
    policy,
  };
}

const SCENARIO_FIELDS: readonly (keyof Scenario)[] = [
  'title',
  'about',
  'seed',
  'clients',
  'everyMs',
  'utilisation',
  'durationMs',
  'method',
  'hosts',
  'faults',
  'offline',
  'sessions',
  'policy',
];

/** How often clients ask; not at all where they have sessions instead. */
function readPace(fields: Fields, sessions: SessionOptions | null): Pick<Scenario, 'everyMs' | 'utilisation'> {
  if (sessions === null) {
    const utilisation = number(fields, 'utilisation', { least: 0.01, most: 10 });
    return { everyMs: number(fields, 'everyMs', { least: 1 }), utilisation };
  }
  const asked = (['everyMs', 'utilisation'] as const).find((name) => (fields[name] ?? 0) !== 0);
  if (asked === undefined) return { everyMs: 0, utilisation: 0 };
  throw invalidOption(`scenario.${asked} and sessions exclude each other`, 'Leave one of them out.');
}

function readHosts(given: unknown): readonly FleetHost[] {
  const hosts = list(given, 'hosts').map((host, at) => readHost(host, at));
  if (hosts.length === 0) throw invalidOption('hosts is empty', 'List one host at least.');
  if (!hosts.some(({ tier }) => tier === 'active')) throw invalidOption('No host is active', 'Make one active.');
  const twice = hosts.find(({ name }, at) => hosts.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) throw invalidOption(`Two hosts are called ${twice.name}`, 'Give each its own name.');
  return hosts;
}

function readHost(given: unknown, at: number): FleetHost {
  const where = `hosts[${at}]`;
  const fields = fieldsOf(given, where);
  refuseUnknown(fields, ['name', 'tier', ...Object.keys(HOST_DEFAULTS)], `${where}.`);
  const name = text(fields, 'name', '');
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) {
    throw invalidOption(`${where}.name can't be ${JSON.stringify(name)}`, 'Use up to 20 of a-z, 0-9 and -.');
  }
  const tier = fields['tier'] ?? (at === 0 ? 'active' : 'standby');
  if (tier !== 'active' && tier !== 'standby') {
    throw invalidOption(`${where}.tier can't be ${JSON.stringify(tier)}`, 'Say active or standby.');
  }
  const { capacity, latencyMs, queueMs, refusalCost } = HOST_DEFAULTS;
  const cold = fields['coldStart'] ?? null;
  return {
    name,
    tier,
    capacity: number(fields, 'capacity', { preset: capacity, least: 0.001, most: 1000 }, where),
    latencyMs: number(fields, 'latencyMs', { preset: latencyMs, most: 60_000 }, where),
    queueMs: number(fields, 'queueMs', { preset: queueMs }, where),
    admitMs: (fields['admitMs'] ?? null) === null ? null : number(fields, 'admitMs', {}, where),
    refusalCost: number(fields, 'refusalCost', { preset: refusalCost, most: 1 }, where),
    coldStart: cold === null ? null : readColdStart(cold, `${where}.coldStart`),
  };
}

function readColdStart(given: unknown, where: string): FleetHost['coldStart'] {
  const fields = fieldsOf(given, where);
  refuseUnknown(fields, ['share', 'forMs'], `${where}.`);
  return {
    share: number(fields, 'share', { least: 0.001, most: 1 }, where),
    forMs: number(fields, 'forMs', { least: 1 }, where),
  };
}

function readFault(given: unknown, where: string, hosts: readonly FleetHost[]): Fault {
  const fields = fieldsOf(given, where);
  const kind = FAULT_KINDS.find((one) => one === fields['kind']);
  if (kind === undefined) {
    throw invalidOption(`${where}.kind can't be ${JSON.stringify(fields['kind'])}`, `Use ${FAULT_KINDS.join(', ')}.`);
  }
  refuseUnknown(fields, ['host', 'kind', 'fromMs', 'untilMs', ...FAULT_OPTIONS[kind]], `${where}.`);
  const host = hosts.find(({ name }) => name === fields['host'])?.name;
  if (host === undefined) {
    const names = hosts.map(({ name }) => name).join(', ');
    throw invalidOption(`${where}.host can't be ${JSON.stringify(fields['host'])}`, `Name a listed host: ${names}.`);
  }
  const limits = { share: { most: 1 }, status: { least: 500, most: 599, whole: true }, cycleMs: { least: 100 } };
  const optional = FAULT_OPTIONS[kind]
    .filter((name) => fields[name] !== undefined)
    .map((name) => [name, number(fields, name, limits[name as keyof typeof limits] ?? {}, where)]);
  return { host, kind, ...span(fields, where), ...Object.fromEntries(optional) };
}

function readOffline(given: unknown): OfflineClients {
  const fields = fieldsOf(given, 'offline');
  refuseUnknown(fields, ['share', 'fromMs', 'untilMs', 'told'], 'offline.');
  const told = fields['told'] ?? true;
  if (typeof told !== 'boolean') throw invalidOption("offline.told can't be what it is", 'Say true or false.');
  return { share: number(fields, 'share', { most: 1 }, 'offline'), ...span(fields, 'offline'), told };
}
