import type { EpochFence } from './epochFence.ts';
import type { HostRecord } from './health.ts';
import type { Hints } from './hints.ts';
import type { Outcome } from './outcome.ts';

/** The verdict of one probe. */
export type ProbeVerdict =
  | {
      /** The host is well. */
      readonly kind: 'good';
    }
  | {
      /** Alive, but not the one to use: a standby, a draining host, one with a stale epoch. */
      readonly kind: 'inactive';
      /** What it said of itself. */
      readonly why: string;
    }
  | {
      /** The host is not well, or did not answer. */
      readonly kind: 'bad';
      /** What was seen: `http 503`, `timeout`. One line. */
      readonly why: string;
      /** True where no answer came at all. Default false. */
      readonly silent?: boolean;
    };

/** An attempt of a request, a socket or a page ended. */
export interface AttemptEvent {
  readonly kind: 'attempt';
  readonly origin: string;
  readonly startedMs: number;
  readonly outcome: Outcome;
  readonly hints: Hints;
}

/** A probe ended. */
export interface ProbeEvent {
  readonly kind: 'probe';
  readonly origin: string;
  readonly verdict: ProbeVerdict;
  readonly hints: Hints;
}

/** What can happen to a pool. An event that is only a rule's means nothing to a pool without that rule. */
export type PoolEvent =
  | AttemptEvent
  | ProbeEvent
  /** All that the step under way brings about has happened, and time has done its part: rules may tidy up. */
  | { readonly kind: 'aged' }
  /** A probe is sent. */
  | { readonly kind: 'probing'; readonly origin: string }
  /** A request that timed out elsewhere could go to this host, if it is alive. */
  | { readonly kind: 'ask'; readonly origin: string }
  /** A link to this host was of use. */
  | { readonly kind: 'use'; readonly origin: string }
  /** A retry takes its token. */
  | { readonly kind: 'pay' }
  /** Time passed: something that {@link nextWakeMs} foretold is due. */
  | { readonly kind: 'tick' }
  /** The app is seen again: what was due while it slept is due now. */
  | { readonly kind: 'wake' }
  /** `null` takes the wish back. */
  | { readonly kind: 'prefer'; readonly origin: string | null }
  | { readonly kind: 'hosts'; readonly origins: readonly string[] }
  /** A response's body came whole. Matters only to a host whose bodies broke before. */
  | { readonly kind: 'body'; readonly origin: string }
  /** A live request was sent to a half-open host to prove it. */
  | { readonly kind: 'trial'; readonly origin: string }
  /** Of several clients that tell each other what they know, this one is to probe for all; or it is not. */
  | { readonly kind: 'lead'; readonly leads: boolean }
  /** Another client knows this of hosts. */
  | { readonly kind: 'learned'; readonly hosts: readonly HostRecord[]; readonly fence: EpochFence }
  /** The platform says whether this side is connected. */
  | { readonly kind: 'connectivity'; readonly online: boolean };
