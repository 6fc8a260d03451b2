import { nodeFetch } from '../../../src/node/transport.ts';
import type { TimeoutPolicy } from '../../../src/policy/policyOptions.ts';
import type { Fetch } from '../../../src/runtime/ports.ts';
import { certificates } from '../../rig/certificates.ts';
import type { Server } from '../../rig/cluster.ts';
import { failingName, lookupFrom } from '../../rig/dns.ts';
import type { Namespace } from '../../rig/namespace.ts';
import type { Mode } from '../../rig/protocol.ts';
import type { Rig } from '../../rig/rig.ts';
import { sleep } from '../../rig/wait.ts';

/** What can befall the first host of a list. */
export interface Fault {
  /** What clients may wait for, where that decides. Default: the library's own. */
  readonly timeout?: Partial<TimeoutPolicy>;
  /** True where the clients have a connection to the host before it is struck. */
  readonly warm?: boolean;
  /** What is asked for after the request, to see what became of the host. Default `item/next`. */
  readonly next?: string;
  /** Gets the host ready, well as yet: the shared one, or another where the fault wants its own. `other` stays well. */
  stage(rig: Rig, shared: Server, other: Server): Promise<Stage>;
}

/** The first host of a list, and what is about to happen to it. */
export interface Stage {
  /** Its server, for the counts. */
  readonly server: Server;
  /** Where clients look for it. Default: where it is. */
  readonly origin?: string;
  /** What clients send with. Default: the platform's own. */
  fetch?(): Fetch;
  /** The fault, before the requests are sent. */
  strike?(): Promise<void>;
  /** The fault, once the host has done all the work. */
  strikeInFlight?(): Promise<void>;
  /** All well again. */
  heal(): Promise<void>;
}

/** For faults that clients can tell only by a time-out. Long enough for a loaded machine to answer in. */
const SHORT: Partial<TimeoutPolicy> = { attemptMs: 600, waryAttemptMs: 600, totalMs: 2_500 };
const STALL: Partial<TimeoutPolicy> = { stallMs: 600 };

/** Longer than any answer of `/work` and shorter than a download. */
const LONG_BODY = { afterBytes: 100_000 };

/** By the names that the table of faultMatrix.test.ts has. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'connection refused': mode({ kind: 'refused' }),
  'name does not resolve': name('ENOTFOUND'),
  'name server is silent': name('EAI_AGAIN'),
  'name unknown to the system': {
    stage: async (_rig, server) => at(server, `http://${failingName()}`),
  },
  'certificate expired': tls('expired'),
  'certificate of another name': tls('wrongName'),
  'certificate self-signed': tls('selfSigned'),
  'certificate of an unknown issuer': tls('good', { trusting: false }),
  'no TLS behind https': { stage: async (_rig, server) => at(server, `https://127.0.0.1:${server.port}`) },
  'SYN black-holed': {
    stage: async (rig) => {
      const { server, namespace } = await inNamespace(rig);
      return {
        server,
        fetch: () => nodeFetch({ connectTimeoutMs: 300 }),
        strike: () => namespace.blackhole(),
        heal: () => namespace.heal(),
      };
    },
  },
  'black-holed while connected': {
    timeout: SHORT,
    warm: true,
    stage: async (rig) => {
      const { server, namespace } = await inNamespace(rig);
      return { server, strike: () => namespace.blackhole(), heal: () => namespace.heal() };
    },
  },
  'SIGKILL in flight': {
    stage: async (_rig, server) => ({
      server,
      strike: () => server.mode({ kind: 'slowHeaders', delayMs: 60_000 }),
      strikeInFlight: () => server.kill(),
      heal: () => server.restart(),
    }),
  },
  SIGSTOP: {
    timeout: SHORT,
    stage: async (_rig, server) => ({ server, strike: () => server.freeze(), heal: () => server.thaw() }),
  },
  'reset before headers': mode({ kind: 'resetBeforeHeaders' }),
  'SIGKILL in the body': {
    timeout: { totalMs: 1_500 },
    stage: async (_rig, server) => ({
      server,
      strike: () => server.mode({ kind: 'stalledBody' }),
      strikeInFlight: async () => {
        // What was received is answered a moment later, and it is the answer that is to be cut.
        await sleep(300);
        await server.kill();
      },
      heal: () => server.restart(),
    }),
  },
  'every body is reset halfway': mode({ kind: 'resetMidBody' }),
  'long bodies are reset': mode({ kind: 'resetMidBody', ...LONG_BODY }),
  'bodies end too early': mode({ kind: 'resetMidBody', how: 'end' }),
  'every body stalls halfway': { ...mode({ kind: 'stalledBody' }), timeout: STALL },
  'long bodies stall': { ...mode({ kind: 'stalledBody', ...LONG_BODY }), timeout: STALL },
  'slow headers of one route': {
    ...mode({ kind: 'slowHeaders', delayMs: 1_200, probes: 'spared' }),
    timeout: SHORT,
    next: 'healthz/live',
  },
  'accepts and stays mute': { ...mode({ kind: 'mute' }), timeout: SHORT },
  'http 429': mode({ kind: 'status', status: 429 }),
  'http 502': mode({ kind: 'status', status: 502 }),
  'http 503': mode({ kind: 'status', status: 503 }),
  'http 503 with Retry-After': mode({ kind: 'status', status: 503, headers: { 'retry-after': '60' } }),
  'http 500 page': mode({ kind: 'errorPage' }),
  'standby says so': mode({ kind: 'standby' }),
  'standby names the active host': {
    stage: async (_rig, server, other) => ({
      server,
      strike: () => server.mode({ kind: 'standby', active: other.url }),
      heal: () => server.mode({ kind: 'ok' }),
    }),
  },
  'standby says so with 421': mode({ kind: 'standby', status: 421 }),
  'drain at once': mode({ kind: 'draining' }),
  'drain within a window': mode({ kind: 'draining', retryWindowS: 1 }),
};

function mode(mode: Mode): Fault {
  return {
    stage: async (_rig, server) => ({
      server,
      strike: () => server.mode(mode),
      heal: () => server.mode({ kind: 'ok' }),
    }),
  };
}

function name(failure: 'ENOTFOUND' | 'EAI_AGAIN'): Fault {
  return {
    stage: async (_rig, server) => ({
      ...at(server, `http://first.localhost:${server.port}`),
      fetch: () => nodeFetch({ lookup: lookupFrom({ 'first.localhost': failure }) }),
    }),
  };
}

function tls(certificate: 'good' | 'expired' | 'wrongName' | 'selfSigned', { trusting = true } = {}): Fault {
  return {
    stage: async (rig) => {
      const { ca, ...known } = certificates();
      const server = await rig.server({ name: 'a', tls: known[certificate], hostname: 'localhost' });
      return { ...at(server, server.url), fetch: () => nodeFetch(trusting ? { tls: { ca } } : {}) };
    },
  };
}

/** A host whose address is the fault. */
function at(server: Server, origin: string): Stage {
  return { server, origin, heal: async () => {} };
}

async function inNamespace(rig: Rig): Promise<{ server: Server; namespace: Namespace }> {
  const namespace = await rig.namespace();
  return { namespace, server: await rig.server({ name: 'a', namespace }) };
}
