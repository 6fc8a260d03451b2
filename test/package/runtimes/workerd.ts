import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { guard } from '../../rig/guard.ts';
import { freePort } from '../../rig/ports.ts';
import { until } from '../../rig/wait.ts';
import type { Stage } from './stage.ts';

const START_LIMIT_MS = 20_000;

export interface Worker extends AsyncDisposable {
  readonly url: string;
}

/**
 * Bundles a worker as wrangler does, and has workerd serve it.
 *
 * @param entry A file in the folder: a module worker with a Durable Object called `Keeper`.
 */
export async function startWorker(
  folder: string,
  entry: string,
  { hosts, control }: Stage,
  date: string,
): Promise<Worker> {
  const name = `${entry.replace(/\W/g, '-')}-${date}`;
  await build({
    entryPoints: [join(folder, entry)],
    outfile: join(folder, `${name}.mjs`),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'error',
  });
  const port = await freePort('127.0.0.1');
  await writeFile(
    join(folder, `${name}.capnp`),
    configOf(name, date, port, {
      HOSTS: JSON.stringify(hosts),
      PRIMARY: hosts[0] ?? '',
      STANDBY: hosts[1] ?? '',
      CONTROL: control,
    }),
  );
  const binary = join(
    folder,
    `node_modules/@cloudflare/workerd-${process.platform}-${process.arch === 'x64' ? '64' : process.arch}/bin/workerd`,
  );
  const child = spawn(binary, ['serve', join(folder, `${name}.capnp`)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const release = guard({ kind: 'process', pid: child.pid ?? 0 });
  const ended = once(child, 'close').then(release);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`workerd has ended: ${said}`);
    return (await fetch(`${url}/healthz/ready`).catch(() => null)) !== null;
  };
  await until(answers, START_LIMIT_MS, () => `workerd does not answer: ${said}`);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function configOf(name: string, date: string, port: number, variables: Readonly<Record<string, string>>): string {
  const text = (value: string): string => JSON.stringify(value);
  const bindings = Object.entries(variables).map(([key, value]) => `(name = ${text(key)}, text = ${text(value)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${name}.mjs")],
  compatibilityDate = "${date}",
  bindings = [${bindings.join(', ')}, (name = "KEEPER", durableObjectNamespace = "Keeper")],
  durableObjectNamespaces = [(className = "Keeper", uniqueKey = "keeper")],
  durableObjectStorage = (inMemory = void),
);
`;
}
