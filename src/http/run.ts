import type { AttemptTrace } from '../policy/error.ts';
import type { HostRecord } from '../policy/health.ts';
import type { RequestTraits } from '../policy/retry.ts';
import type { HostConfig } from '../policy/topology.ts';
import type { AnsweredAttempt, EndedAttempt, Sending } from './attempt.ts';
import type { OptionsPart, RequestSettings } from './requestOptions.ts';
import type { BodyPart, SentBody } from './sentBody.ts';

/** A request, ready to be sent. */
export interface PreparedRequest {
  readonly path: string;
  readonly init: RequestInit;
  readonly sent: SentBody;
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
  readonly signalIsOwn: boolean;
  /** Held for as long as its answer: Node's `fetch` forgets the signal of a Request that was collected. */
  readonly input?: Request | null;
  readonly traits: RequestTraits;
  readonly settings: RequestSettings;
}

/** A request on its way, as the parts of a `fetch` see it. */
export interface Run extends Sending {
  readonly request: PreparedRequest;
  readonly parts: FetchParts;
  /** The attempts that ended badly so far, oldest first. */
  readonly trace: AttemptTrace[];
  /** One attempt, booked. */
  send(host: HostConfig, init: RequestInit, controller?: AbortController): Promise<EndedAttempt>;
  /** Another host that this request may be sent to while it is with `origin`. */
  rivalOf(origin: string): HostRecord | undefined;
}

/** Hands an answer to the caller, and watches over its body. `guardedAnswers` makes one; what it is called with may change. */
export interface AnswerPart {
  /** As every function's. */
  readonly name: string;
  /** @internal */
  (run: Run, ended: AnsweredAttempt): Response;
}

/** Sends a request to a host, and to another one too where that host is slow. `hedging` makes one; what it is called with may change. */
export interface HedgePart {
  /** As every function's. */
  readonly name: string;
  /** @internal */
  (run: Run, host: HostConfig, init: RequestInit): Promise<EndedAttempt>;
}

/** Sends a request to a host within a session. `createFailover` makes one; what it is called with may change. */
export interface SessionPart {
  /** As every function's. */
  readonly name: string;
  /** @internal */
  (host: HostConfig, init: RequestInit, run: Run, controller?: AbortController): Promise<EndedAttempt>;
}

/** What a `fetch` does beyond moving between hosts. Each part is a function of its own, so that only what is used is bundled. */
export interface FetchParts {
  /** `bufferedBodies` of `switchover/parts`. Default: texts, forms and buffers can be sent again; a stream is refused. */
  readonly bodies: BodyPart;
  /** `guardedAnswers` of `switchover/parts`. Default: the answer is handed on as it is. */
  readonly answers: AnswerPart;
  /** `perRequest` of `switchover/parts`. Default none: `init.failover` is then refused. */
  readonly options: OptionsPart | null;
  /** `hedging` of `switchover/parts`. Default none. */
  readonly hedging: HedgePart | null;
  /** The session that every request belongs to. Default none. */
  readonly session: SessionPart | null;
}
