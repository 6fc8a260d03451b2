import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SiteOptions } from '../../src/site/options.ts';
import type { Engine } from '../../test/browser/rig/engine.ts';
import { ENGINE_NAMES, type EngineName, missingPackages, startEngine } from '../../test/browser/rig/engine.ts';
import type { Tab } from '../../test/browser/rig/tab.ts';
import type { Server } from '../../test/rig/cluster.ts';
import { freePort } from '../../test/rig/ports.ts';
import type { Rig } from '../../test/rig/rig.ts';
import { until } from '../../test/rig/wait.ts';
import { temporaryDirectory } from '../lib/temporaryDirectory.ts';
import type { Contender } from './contenders.ts';

const PROGRAM = fileURLToPath(new URL('../../test/browser/programs/site.ts', import.meta.url));
const LIMIT_MS = 20_000;

/** The same site on two servers, once for each contender, each at hostnames of its own: they share processes, and nothing that is stored. */
export interface Stage {
  readonly first: Server;
  readonly second: Server;
  /** Its origin at the first server. */
  originOf(contender: Contender): string;
}

/** @param pages What all of them have, by path. */
export async function raiseStage(
  rig: Rig,
  contenders: readonly Contender[],
  pages: Readonly<Record<string, string>>,
  options: Omit<SiteOptions, 'hosts'> = {},
): Promise<Stage> {
  const address = '127.0.0.1';
  const ports = { a: await freePort(address), b: await freePort(address) };
  const hostname = ({ label }: Contender, server: 'a' | 'b'): string => `${label}.${server}.localhost`;
  const originAt = (contender: Contender, server: 'a' | 'b'): string =>
    `http://${hostname(contender, server)}:${ports[server]}`;
  const folders: Record<string, string> = {};
  for (const contender of contenders) {
    const { path: folder } = rig.owns(temporaryDirectory());
    const hosts = [originAt(contender, 'a'), originAt(contender, 'b')];
    writeAll(folder, { ...pages, ...(await contender.files({ ...options, hosts })) });
    for (const server of ['a', 'b'] as const) folders[hostname(contender, server)] = folder;
  }
  const start = (name: 'a' | 'b'): Promise<Server> =>
    rig.server({ name, port: ports[name], program: PROGRAM, extra: { folders } });
  const [first, second] = await Promise.all([start('a'), start('b')]);
  return { first, second, originOf: (contender) => originAt(contender, 'a') };
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Has a contender's worker in service: the next navigation to its origin is its own. */
export async function install({ worker, name }: Contender, tab: Tab): Promise<void> {
  if (worker === undefined) return;
  const isActive = (path: string): Promise<boolean> =>
    navigator.serviceWorker
      .register(path, { updateViaCache: 'none' })
      .then(({ active }) => active?.state === 'activated');
  await until(
    () => tab.evaluate(isActive, worker),
    LIMIT_MS,
    () => `The worker of ${name} is not in service`,
  );
}

/** The engines that this machine has, started; and a line on each that it has not. */
export async function startEngines(
  rig: Rig,
  wanted: readonly EngineName[] = ENGINE_NAMES,
): Promise<{ readonly engines: readonly Engine[]; readonly missing: readonly string[] }> {
  const engines: Engine[] = [];
  const missing: string[] = [];
  for (const name of wanted) {
    const packages = missingPackages(name);
    if (packages.length === 0) engines.push(rig.owns(await startEngine(name)));
    else missing.push(`Not measured here: ${name} (there is no ${packages.join(', ')}).`);
  }
  return { engines, missing };
}
