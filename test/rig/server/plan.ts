import type { Mode } from '../protocol.ts';

/** What becomes of one request under a mode. */
export interface Plan {
  /** Whether the route runs, and with it the work. */
  readonly works: boolean;
  /** Silence before the answer's first byte. */
  readonly delayMs: number;
  readonly answer: Answer;
}

export type Answer =
  /** What the route gave, whole. */
  | { readonly kind: 'route' }
  /** What the route gave, broken off after some bytes of its body. */
  | { readonly kind: 'cut'; readonly afterBytes: number | undefined; readonly ending: 'reset' | 'end' | 'stall' }
  /** What the route gave, whole and in pieces. */
  | { readonly kind: 'slow'; readonly everyMs: number; readonly chunkBytes: number }
  /** The fault's own answer. */
  | { readonly kind: 'own'; readonly status: number; readonly headers: Record<string, string>; readonly body: string }
  /** A reset connection. */
  | { readonly kind: 'reset' }
  /** Nothing, ever. */
  | { readonly kind: 'none' };

const ROUTE: Answer = { kind: 'route' };
const ALL_WELL: Plan = { works: true, delayMs: 0, answer: ROUTE };
const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** What a request under `mode` meets. Whether work is done follows the mode, unless the mode says otherwise. */
export function planFor(mode: Mode, target: { readonly isProbe: boolean }): Plan {
  const { works, delayMs, answer } = usualPlan(mode, target.isProbe);
  const work = 'work' in mode ? mode.work : undefined;
  return { works: work === undefined ? works : work === 'done', delayMs, answer };
}

function usualPlan(mode: Mode, isProbe: boolean): Plan {
  switch (mode.kind) {
    case 'ok':
    case 'refused':
      return ALL_WELL;
    case 'status':
      return skipping(own(mode.status ?? 503, `status ${mode.status ?? 503}\n`, mode.headers));
    case 'errorPage':
      return { works: true, delayMs: 0, answer: ERROR_PAGE };
    case 'standby':
      // A probe gets the health route's own answer, which knows that a standby is alive and not ready.
      return isProbe ? ALL_WELL : skipping(own(mode.status ?? 503, 'standby\n'));
    case 'draining':
      return ALL_WELL;
    case 'resetBeforeHeaders':
      return { works: true, delayMs: 0, answer: { kind: 'reset' } };
    case 'resetMidBody':
      return {
        works: true,
        delayMs: 0,
        answer: { kind: 'cut', afterBytes: mode.afterBytes, ending: mode.how ?? 'reset' },
      };
    case 'stalledBody':
      return { works: true, delayMs: 0, answer: { kind: 'cut', afterBytes: mode.afterBytes, ending: 'stall' } };
    case 'slowHeaders':
      return { works: true, delayMs: mode.delayMs, answer: ROUTE };
    case 'slowBody': {
      const { everyMs, chunkBytes = 1_024 } = mode;
      return { works: true, delayMs: 0, answer: { kind: 'slow', everyMs, chunkBytes } };
    }
    case 'mute':
      return { works: true, delayMs: 0, answer: { kind: 'none' } };
  }
}

function skipping(answer: Answer): Plan {
  return { works: false, delayMs: 0, answer };
}

function own(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { kind: 'own', status, headers: { ...TEXT, ...headers }, body };
}

const ERROR_PAGE: Answer = {
  kind: 'own',
  status: 500,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Internal Server Error</title><h1>500</h1><p>Something broke. It has been reported.</p>\n',
};

/** What every answer under `mode` says besides, whatever the settings say. */
export function headersOf(mode: Mode): Record<string, string> {
  switch (mode.kind) {
    case 'standby':
      return {
        'switchover-role': 'standby',
        ...(mode.active === undefined ? {} : { 'switchover-active': mode.active }),
      };
    case 'draining':
      return {
        'switchover-role': 'draining',
        ...(mode.retryWindowS === undefined ? {} : { 'switchover-retry-window': String(mode.retryWindowS) }),
      };
    default:
      return {};
  }
}
