import { refuseUnknown } from '../runtime/poolOptions.ts';
import type { Clock } from '../runtime/ports.ts';
import { systemClock } from '../runtime/systemPorts.ts';
import { type CheckResult, type HealthCheck, runChecks } from './healthChecks.ts';
import { hintHeaders, type StandingSource } from './hintHeaders.ts';
import { invalid, whole } from './serverOptions.ts';
import { type AllowedOrigins, readEndpoint, type WebEndpoint, type WebHandler, webHandler } from './webHandler.ts';

/** Options of {@link healthHandler}. Every one may be left out. */
export interface HealthHandlerOptions {
  /** What the server is at the moment: a {@link SessionServer}, or any object with the same properties. Default: active. */
  readonly standing?: StandingSource;
  /** Names the cluster and its fencing number, for `Switchover-Epoch`: `() => ({ cluster: 'chat', number: lease.epoch })`. Null: none. Default: that of `standing`. */
  readonly epoch?: () => StandingSource['epoch'];
  /** By name, what the server needs to be ready. Names have 1 to 64 of `A-Z a-z 0-9 _ . -`. Default none. */
  readonly checks?: Readonly<Record<string, HealthCheck>>;
  /** How long each check may take, in milliseconds; they run at once. Probes give up after 2 s. Default 1,000. */
  readonly checkMs?: number;
  /** Where the endpoints are: `<base>/live` and `<base>/ready`. `/healthz` if not given. */
  readonly base?: string;
  /** Which pages may read the answers. Default `'*'`: they say nothing that is secret. */
  readonly origins?: AllowedOrigins;
  /** Says in verbose answers why a check failed, which may tell of things inside. Default false. */
  readonly reasons?: boolean;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
}

const KNOWN: ReadonlySet<string> = new Set('standing epoch checks checkMs base origins reasons clock'.split(' '));
const CHECK_MS = 1_000;

/**
 * Answers probes, for clients, load balancers and Kubernetes.
 *
 * - `/healthz/live`: 200 as long as the process answers.
 * - `/healthz/ready`: 200 where the server is active and all checks hold; else 503. A standby and a draining server are not ready:
 *   no traffic should come, and the headers say why.
 *
 * With `?verbose=1` the text lists each check (`[+]name ok`, `[-]name failed`); a request that accepts
 * `application/health+json` gets that. Nothing is ever cached. All answers carry the `Switchover-*` headers.
 *
 * @throws SwitchoverError `INVALID_OPTION`.
 */
export function healthHandler(options: HealthHandlerOptions = {}): WebHandler {
  return webHandler(healthEndpoints(options));
}

/** @throws SwitchoverError `INVALID_OPTION`. */
export function healthEndpoints(options: HealthHandlerOptions): ReadonlyMap<string, WebEndpoint> {
  refuseUnknown(options, KNOWN);
  const { standing = { role: 'active' }, checks = {}, base = '/healthz', origins = '*', reasons = false } = options;
  const { clock = systemClock, epoch } = options;
  const checkMs = whole('checkMs', options.checkMs ?? CHECK_MS, 1);
  for (const name of Object.keys(checks)) {
    if (!/^[\w.-]{1,64}$/.test(name)) throw invalid('checks', `can't have one called ${name}`, 'Give it a plain name.');
  }
  const source = (): StandingSource => ({
    role: standing.role,
    active: standing.active ?? null,
    ...(standing.retryWindowMs === undefined ? {} : { retryWindowMs: standing.retryWindowMs }),
    epoch: epoch === undefined ? (standing.epoch ?? null) : (epoch() ?? null),
  });
  const live = readEndpoint(origins, (request) => report(request, 'livez', source(), [], reasons));
  const ready = readEndpoint(origins, async (request) => {
    const now = source();
    const role: CheckResult = { name: 'role', ok: now.role === 'active', tookMs: 0, why: now.role };
    return report(request, 'readyz', now, [role, ...(await runChecks(checks, checkMs, clock))], reasons);
  });
  return new Map([
    [`${base}/live`, live],
    [`${base}/ready`, ready],
  ]);
}

function report(
  request: Request,
  name: string,
  standing: StandingSource,
  results: readonly CheckResult[],
  reasons: boolean,
) {
  const ok = results.every((result) => result.ok);
  const json = request.headers.get('accept')?.includes('application/health+json') ?? false;
  const verbose = new URL(request.url).searchParams.has('verbose') || !ok;
  const headers = {
    ...hintHeaders(standing),
    'Cache-Control': 'no-store',
    'Content-Type': json ? 'application/health+json' : 'text/plain; charset=utf-8',
    ...(ok ? {} : retryAfter(standing)),
  };
  const body = json ? asJson(ok, results, reasons) : verbose ? asText(ok, name, results, reasons) : 'ok\n';
  return { status: ok ? 200 : 503, headers, body };
}

/** Whoever is busy or not active says when to look again. A server that failed a check can't know. */
function retryAfter({ role, retryWindowMs }: StandingSource): Record<string, string> {
  if (role === 'active' || retryWindowMs === undefined) return {};
  return { 'Retry-After': String(Math.ceil(retryWindowMs / 1000)) };
}

/** As Kubernetes' own components write it. */
function asText(ok: boolean, name: string, results: readonly CheckResult[], reasons: boolean): string {
  const why = ({ why: reason }: CheckResult) => (reasons ? oneLine(reason ?? '') : 'reason withheld');
  const lines = results.map((result) =>
    result.ok ? `[+]${result.name} ok` : `[-]${result.name} failed: ${why(result)}`,
  );
  return [...lines, `${name} check ${ok ? 'passed' : 'failed'}`, ''].join('\n');
}

/** draft-inadarei-api-health-check-06. */
function asJson(ok: boolean, results: readonly CheckResult[], reasons: boolean): string {
  const checks = results.map(({ name, ok: passed, tookMs, why }) => {
    const output = passed || !reasons ? {} : { output: why };
    return [name, [{ status: passed ? 'pass' : 'fail', observedValue: tookMs, observedUnit: 'ms', ...output }]];
  });
  return JSON.stringify({ status: ok ? 'pass' : 'fail', checks: Object.fromEntries(checks) });
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);
