import { DEFAULTS } from '../policy/defaults.ts';
import {
  creditRequest,
  hedgeDelayMs,
  type Latencies,
  openHedgeShare,
  openLatencies,
  payHedge,
  recordLatency,
} from '../policy/hedging.ts';
import type { RetryBudget } from '../policy/retryBudget.ts';
import type { HostConfig } from '../policy/topology.ts';
import { discard } from '../runtime/discard.ts';
import { waitAtMost } from '../runtime/wait.ts';
import type { EndedAttempt } from './attempt.ts';
import { type RequestOptions, readHedge } from './requestOptions.ts';
import type { HedgePart, Run } from './run.ts';

/** What hedging has seen and spent, for all requests of one `fetch`. */
interface Hedging {
  readonly latencies: Latencies;
  share: RetryBudget;
}

const openHedging = (): Hedging => ({
  latencies: openLatencies(),
  share: openHedgeShare(DEFAULTS.hedging.maxShare),
});

/**
 * Lets requests be hedged: GET and HEAD only. What was seen and spent is shared by all requests of one `fetch`.
 *
 * @param usual Whether requests are hedged that don't say; see `hedge` of {@link RequestOptions}. Default false.
 * @throws SwitchoverError `INVALID_OPTION`
 */
export function hedging(usual: RequestOptions['hedge'] = false): HedgePart {
  const seen = openHedging();
  const otherwise = readHedge(usual);
  return (run, host, init) => {
    const hedge = run.request.settings.hedge ?? otherwise;
    return hedge === false
      ? run.send(host, init)
      : hedged(run, host, init, seen, hedge === true ? null : hedge.delayMs);
  };
}

interface Leg {
  readonly controller: AbortController;
  readonly ended: Promise<EndedAttempt>;
}

/**
 * Sends a request to `host`, and to a second one too if the first is slow. The first good answer wins, and the other
 * attempt is aborted without blame; if both end badly, the first host's end is the result.
 *
 * @param fixedDelayMs What the caller asked for. Null: what 19 of 20 requests take, for one request in twenty at most.
 */
async function hedged(
  run: Run,
  host: HostConfig,
  init: RequestInit,
  seen: Hedging,
  fixedDelayMs: number | null,
): Promise<EndedAttempt> {
  seen.share = creditRequest(seen.share);
  const first = startLeg(run, host, init);
  const delayMs = fixedDelayMs ?? hedgeDelayMs(seen.latencies, DEFAULTS.hedging);
  const quick = await waitAtMost(run.pool.ports.clock, delayMs, first.ended);
  const rival = quick === undefined ? rivalOf(run, host) : undefined;
  const mayHedge = rival !== undefined && (fixedDelayMs !== null || takeShare(seen));
  const winner = quick ?? (mayHedge ? await race(first, startLeg(run, rival, init)) : await first.ended);
  if (winner.outcome.kind === 'ok') recordLatency(seen.latencies, winner.tookMs);
  return winner;
}

/** A second host, ready, that this request may be sent to at the same time. */
function rivalOf(run: Run, { origin }: HostConfig): HostConfig | undefined {
  const rival = run.rivalOf(origin);
  return rival === undefined || rival.health.kind === 'inactive' ? undefined : run.pool.hostOf(rival.origin);
}

function startLeg(run: Run, host: HostConfig, init: RequestInit): Leg {
  const controller = new AbortController();
  return { controller, ended: run.send(host, init, controller) };
}

function takeShare(hedging: Hedging): boolean {
  const paid = payHedge(hedging.share);
  if (paid !== null) hedging.share = paid;
  return paid !== null;
}

async function race(first: Leg, second: Leg): Promise<EndedAttempt> {
  const legs = [first, second];
  // If no leg ends well, the first one's end, or its error, stands for both. Not every phone's engine knows Promise.any.
  const winner = await new Promise<Leg>((resolve) => {
    const good = legs.map((leg) => whenGood(leg).then(resolve));
    void Promise.allSettled(good).then(() => resolve(first));
  });
  for (const leg of legs) if (leg !== winner) giveUp(leg);
  return winner.ended;
}

async function whenGood(leg: Leg): Promise<Leg> {
  const { outcome } = await leg.ended;
  if (outcome.kind !== 'ok') throw outcome;
  return leg;
}

function giveUp(leg: Leg): void {
  leg.controller.abort();
  const dispose = ({ response, unlink }: EndedAttempt) => {
    unlink?.();
    return response === null ? undefined : discard(response);
  };
  leg.ended.then(dispose, () => {});
}
