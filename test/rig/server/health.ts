import type { IncomingMessage } from 'node:http';
import type { Settings } from '../protocol.ts';
import { json, type RouteReply, text } from './reply.ts';

/**
 * `/healthz/live` and `/healthz/ready[?verbose=1]`. Readiness comes as Kubernetes writes it (`ok`, or with `verbose` a
 * `[+]` or `[-]` line for each check), or as `application/health+json` to those who accept that.
 */
export function healthReply(
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
  settings: Settings,
  unready: string | undefined,
): RouteReply {
  if (path === '/healthz/live') return text(200, 'ok\n');
  const checks = { ...(settings.checks ?? { ping: true }), ...(unready === undefined ? {} : { [unready]: false }) };
  const isReady = Object.values(checks).every(Boolean);
  const status = isReady ? 200 : 503;
  if (request.headers.accept?.includes('application/health+json')) return healthJson(status, checks);
  const pad = ' '.repeat(settings.healthPadBytes ?? 0);
  const verbose = query.has('verbose') || !isReady;
  return text(status, (verbose ? verboseText(checks, isReady) : 'ok\n') + pad);
}

function verboseText(checks: Readonly<Record<string, boolean>>, isReady: boolean): string {
  const lines = Object.entries(checks).map(([name, ok]) =>
    ok ? `[+]${name} ok` : `[-]${name} failed: reason withheld`,
  );
  return [...lines, `healthz check ${isReady ? 'passed' : 'failed'}`, ''].join('\n');
}

function healthJson(status: number, checks: Readonly<Record<string, boolean>>): RouteReply {
  const details = Object.entries(checks).map(([name, ok]) => [name, [{ status: ok ? 'pass' : 'fail' }]]);
  const reply = json(status, { status: status === 200 ? 'pass' : 'fail', checks: Object.fromEntries(details) });
  return { ...reply, headers: { ...reply.headers, 'content-type': 'application/health+json' } };
}
