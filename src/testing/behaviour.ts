import { SwitchoverError } from '../policy/error.ts';
import type { MaybePromise } from '../runtime/ports.ts';

/** Answers a request, as a server's own code would. The network adds what a platform's `fetch` adds. */
export type RequestHandler = (request: Request) => MaybePromise<Response>;

/**
 * How no answer comes. `refuse`: nobody listens at the port. `reset`: the connection breaks after the request was sent.
 * `dns`: the name is not known. `hang`: silence, until the request is aborted.
 */
export type HostFault = 'refuse' | 'reset' | 'dns' | 'hang';

/** An answer of a host, or how none comes. All of it may be left out: then it is a 200 with an empty body, at once. */
export interface HostAnswer {
  /** 200 to 599. Default 200. */
  readonly status?: number;
  /** Default none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default empty. */
  readonly body?: string;
  /** After `body`: it ends, falls silent, or the connection breaks. Default `whole`. */
  readonly bodyEnd?: 'whole' | 'stall' | 'break';
  /** Takes the place of the answer. Default none. */
  readonly fault?: HostFault;
  /** Before the answer or the fault, in milliseconds. Default 0. */
  readonly delayMs?: number;
}

/**
 * What a host does with every request. `ok`: 200. `standby`: refuses with 503 and `Switchover-Role: standby`. `drain`: serves,
 * and says `Switchover-Role: draining`. A function answers as it likes.
 */
export type HostBehaviour = 'ok' | 'standby' | 'drain' | HostFault | HostAnswer | RequestHandler;

const WORDS: Readonly<Record<string, HostAnswer>> = {
  ok: {},
  standby: { status: 503, headers: { 'switchover-role': 'standby' } },
  drain: { headers: { 'switchover-role': 'draining' } },
  refuse: { fault: 'refuse' },
  reset: { fault: 'reset' },
  dns: { fault: 'dns' },
  hang: { fault: 'hang' },
};

const CHECKS: Readonly<Record<keyof HostAnswer, (value: unknown) => boolean>> = {
  status: (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
  headers: (value) => typeof value === 'object' && value !== null,
  body: (value) => typeof value === 'string',
  bodyEnd: (value) => ['whole', 'stall', 'break'].includes(String(value)),
  fault: (value) => ['refuse', 'reset', 'dns', 'hang'].includes(String(value)),
  delayMs: (value) => typeof value === 'number' && value >= 0 && value < Infinity,
};

/**
 * Spells a behaviour out.
 *
 * @throws SwitchoverError `INVALID_OPTION` for an unknown word or name, or a value that can't be meant.
 */
export function readBehaviour(behaviour: HostBehaviour): HostAnswer | RequestHandler {
  if (typeof behaviour === 'function') return behaviour;
  if (typeof behaviour === 'string') {
    const answer = Object.hasOwn(WORDS, behaviour) ? WORDS[behaviour] : undefined;
    if (answer === undefined) throw invalid(`no behaviour ${behaviour}`, Object.keys(WORDS));
    return answer;
  }
  for (const [name, value] of Object.entries(behaviour)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof HostAnswer] : undefined;
    if (check === undefined) throw invalid(`no part ${name} of a behaviour`, Object.keys(CHECKS));
    if (value !== undefined && !check(value)) throw invalid(`no ${name} ${String(value)}`, Object.keys(CHECKS));
  }
  return { ...behaviour };
}

function invalid(complaint: string, known: readonly string[]): SwitchoverError {
  return new SwitchoverError('INVALID_OPTION', `There is ${complaint}.`, { remedy: `Known are: ${known.join(', ')}.` });
}
