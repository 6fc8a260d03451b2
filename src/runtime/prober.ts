import { DEFAULTS } from '../policy/defaults.ts';
import type { ProbePolicy } from '../policy/healthPolicy.ts';
import { type Hints, NO_HINTS, readHints } from '../policy/hints.ts';
import type { ProbeVerdict } from '../policy/poolEvent.ts';
import type { HealthVerdict } from '../policy/probeAnswer.ts';
import { urlOn } from '../policy/target.ts';
import type { HostConfig } from '../policy/topology.ts';
import { boundedText } from './boundedText.ts';
import { discard } from './discard.ts';
import type { Ports } from './ports.ts';

/** What a host answered to a probe. */
export interface ProbeAnswer {
  /** Origin of the host that was asked. */
  readonly host: string;
  /** HTTP status. */
  readonly status: number;
  /** The `Content-Type` header; null where there is none. */
  readonly contentType: string | null;
  /** The whole body, 64 KiB at most: a longer one is a bad answer. */
  readonly body: string;
}

/** Says whether an answer is a healthy host's; if not, why. */
export type HealthJudge = (answer: ProbeAnswer) => HealthVerdict;

/** What a probe found. */
export interface ProbeResult {
  /** How the host is. */
  readonly verdict: ProbeVerdict;
  /** What it said of itself in its headers. */
  readonly hints: Hints;
}

/** What every probe is made with. */
export interface ProbeCircumstances {
  /** Where the request and the time come from. */
  readonly ports: Ports;
  /** Which path is asked, and for how long. */
  readonly policy: ProbePolicy;
  /** The path that failed last: asked where the host has no endpoint at the default path. Null where none is known. */
  readonly failedPath: string | null;
  /** Ends the probe at once: the pool was closed. */
  readonly signal: AbortSignal;
}

/** Asks a host once how it is. Never rejects. */
export type Prober = (host: HostConfig, circumstances: ProbeCircumstances) => Promise<ProbeResult>;

/** What {@link probe} is made with. */
export interface ProbeOptions extends ProbeCircumstances {
  /** Says what an answer of the health endpoint means. */
  readonly judge: HealthJudge;
}

/** Makes a prober that reads the health answer, and what the server says of its role. `judge`: `judgeProbe`, or an app's own. */
export const readingProber =
  (judge: HealthJudge): Prober =>
  (host, circumstances) =>
    probe(host, { ...circumstances, judge });

/** Asks a host once how it is. Never rejects, and is over in time even where `fetch` or a body does not heed its signal. */
export async function probe(host: HostConfig, options: ProbeOptions): Promise<ProbeResult> {
  const abort = new AbortController();
  const { ports, policy, signal } = options;
  let release = () => {};
  const overdue = new Promise<ProbeResult>((resolve) => {
    const end = () => resolve(bad('timeout'));
    const cancel = ports.clock.setTimer(end, policy.timeoutMs, true);
    signal.addEventListener('abort', end);
    release = () => {
      cancel();
      signal.removeEventListener('abort', end);
    };
  });
  const answer = ask(host, options, abort.signal).catch((error: unknown) => bad(describe(error)));
  const result = await Promise.race([answer, overdue]);
  release();
  abort.abort();
  return result;
}

async function ask(host: HostConfig, options: ProbeOptions, signal: AbortSignal): Promise<ProbeResult> {
  const { ports, failedPath, policy } = options;
  const get = (target: string) =>
    ports.fetch(target, { cache: 'no-store', credentials: 'omit', redirect: 'error', signal });
  // A path of the owner's own choice is there, or the host is not well.
  const isGuess = host.health === null && policy.path === DEFAULTS.probe.path;
  const response = await get(host.health ?? urlOn(host, policy.path)).catch((error: unknown) => {
    if (isGuess && failedPath !== null && !signal.aborted) return null;
    throw error;
  });
  const missed = response === null || (isGuess && (response.status === 404 || response.status === 405));
  if (!missed) return judge(host, response, options);
  if (response !== null) await discard(response);
  const plain = failedPath === null ? response : await get(urlOn(host, failedPath));
  return plain === null ? bad('no answer') : judgePlain(plain);
}

/** Any answer but a server's fault will do where the host has no endpoint that speaks for it. */
async function judgePlain(response: Response): Promise<ProbeResult> {
  await discard(response);
  return heeding(response, response.status < 500 ? { kind: 'good' } : { kind: 'bad', why: `http ${response.status}` });
}

async function judge(host: HostConfig, response: Response, options: ProbeOptions): Promise<ProbeResult> {
  const { status, headers } = response;
  const body = await boundedText(response, DEFAULTS.answer.capBytes);
  if (body === null) return heeding(response, { kind: 'bad', why: 'health answer too large' });
  const { healthy, why } = options.judge({ host: host.origin, status, contentType: headers.get('content-type'), body });
  return heeding(response, healthy ? { kind: 'good' } : { kind: 'bad', why });
}

/** A host that says that it does not serve is not ill, whatever its status. */
function heeding(response: Response, verdict: ProbeVerdict): ProbeResult {
  const hints = readHints((name) => response.headers.get(name));
  const idle = hints.role === 'standby' || hints.role === 'draining';
  return { hints, verdict: idle ? { kind: 'inactive', why: String(hints.role) } : verdict };
}

const bad = (why: string): ProbeResult => ({ verdict: { kind: 'bad', why, silent: true }, hints: NO_HINTS });

function describe(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error
    ? String((cause as { code?: unknown }).code ?? cause.message).slice(0, 200)
    : 'no answer';
}
