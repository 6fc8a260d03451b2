import { afterEach } from 'vitest';
import { createFailover, type Failover, type FailoverEvents, type FailoverOptions } from '../../../src/index.node.ts';
import { nodeFetch } from '../../../src/node/transport.ts';
import type { Fetch } from '../../../src/runtime/ports.ts';
import { until } from '../../rig/wait.ts';

/** Longer than anything that is waited for takes, on the slowest of machines. */
const LIMIT_MS = 20_000;

/** Makes clients, and closes them after each test. */
export function useClients(): (options: FailoverOptions) => Failover {
  const open: Failover[] = [];
  afterEach(() => {
    for (const failover of open.splice(0)) failover.close();
  });
  return (options) => {
    const failover = createFailover(options);
    open.push(failover);
    return failover;
  };
}

/** Waits until it is so. */
export function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  return until(isSo, LIMIT_MS, () => `It never came to this: ${what}`);
}

/** The state of one host, `up` or another. */
export function stateOf(failover: Failover, url: string): string {
  const host = failover.status.hosts.find(({ origin }) => origin === url);
  return host?.state ?? 'not listed';
}

/** What a promise rejects with; fails where it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('nothing');
  const failure: unknown = await promise.then(
    () => nothing,
    (error: unknown) => error,
  );
  if (failure === nothing) throw new Error('It was to fail, and did not.');
  return failure;
}

/** Who answered: the name of the server. */
export async function serverOf(answer: Promise<Response>): Promise<string> {
  const { server } = (await (await answer).json()) as { server: string };
  return server;
}

/** Counts what is sent, whether or not it arrives. */
export function countingFetch(): { readonly fetch: Fetch; readonly sent: string[] } {
  const send = nodeFetch();
  const sent: string[] = [];
  return {
    sent,
    fetch: (input, init) => {
      sent.push(String(input));
      return send(input, init);
    },
  };
}

/** Writes down a client's events, oldest first. */
export function recordEvents(
  failover: Failover,
  ...names: (keyof FailoverEvents)[]
): { name: string; event: unknown }[] {
  const events: { name: string; event: unknown }[] = [];
  for (const name of names) failover.on(name, ((event: unknown) => events.push({ name, event })) as never);
  return events;
}
