import { parseHost } from '../../policy/host.ts';
import { noHosts, refuseDuplicates } from '../../policy/plainHosts.ts';
import { refuseUnknown } from '../../runtime/poolOptions.ts';
import type { Clock, MaybePromise } from '../../runtime/ports.ts';
import { systemClock } from '../../runtime/systemPorts.ts';
import { HANDOFF_PATH } from '../../site/handoff.ts';
import { addressOf } from '../clientAddress.ts';
import type { DrawBytes } from '../secrets.ts';
import { invalid, whole } from '../serverOptions.ts';
import type { Identity } from '../session.ts';
import { type HandoffCodes, memoryCodes } from './codes.ts';
import { type HandoffRates, RATES, RateLimit } from './rateLimit.ts';

/** What an application answers where it lets a user in. */
export interface HandoffOpening {
  /** Headers of the answer: the cookie of the application. `HttpOnly`, `Secure` and `SameSite` are its to set. Default none. */
  readonly headers?: HeadersInit;
  /** A JSON value for the page, such as a token that it keeps in memory. Default null. */
  readonly data?: unknown;
}

/** Why a request was refused. */
export type HandoffRefusal =
  /** It does not come from where it has to come from: another origin, a frame, a hostname that is not listed. */
  | 'origin'
  /** Too many came, from its address or in all. */
  | 'rate'
  /** It is not what it has to be: method, content type, size, form. */
  | 'format'
  /** `verify` did not know the token. */
  | 'token'
  /** There is no room for another code. */
  | 'full'
  /** It is unknown, was redeemed, has expired, or was minted for another origin. */
  | 'code'
  /** The page did not come from the origin that the code was minted for. */
  | 'source'
  /** Another user is signed in there. */
  | 'occupied'
  /** `open` did not let the user in. */
  | 'closed';

/** A refusal, for an application's log. It holds nothing secret. */
export interface HandoffRefused {
  /** What was asked for: a code to leave with, a page to come to by a form, or what a code stands for. */
  readonly step: 'mint' | 'enter' | 'redeem';
  /** Why not. */
  readonly why: HandoffRefusal;
  /** The `Origin` of the request; null where it had none. */
  readonly origin: string | null;
  /** The client's address; null where nobody knows it. */
  readonly address: string | null;
}

/** Options of {@link createHandoff}. */
export interface HandoffOptions<I extends Identity = Identity> {
  /** Origins of the hosts between which users move; this one's among them. The same list as in the client. */
  readonly origins: readonly string[];
  /**
   * Says whose session a resume token stands for: the application's own check, at this host. Null, if it is no good. It should
   * not be used up by this: another tab may show it, too. The identity is kept as JSON until the code is redeemed.
   */
  readonly verify: (token: string, request: Request) => MaybePromise<I | null>;
  /**
   * Says who is signed in here now, by the request's cookies or its `Authorization`; null for nobody. Nobody is ever signed in over
   * another user: that would be a way to make a victim work in the attacker's account.
   */
  readonly current: (request: Request) => MaybePromise<Identity | null>;
  /** Lets a user in at this origin. Null refuses. Not called where the same user is signed in here already. */
  readonly open: (entry: { readonly identity: I; readonly request: Request }) => MaybePromise<HandoffOpening | null>;
  /** Path of the endpoints. `/switchover-handoff` if not given. */
  readonly path?: string;
  /** This host's origin, as browsers see it. Default: the one of `origins` that the request's `Host` names. */
  readonly own?: string;
  /** Where codes wait. Processes that answer for one origin share it. Default: {@link memoryCodes}. */
  readonly codes?: HandoffCodes;
  /** How long a code is good, in milliseconds, 30,000 at most. Default 30,000. */
  readonly ttlMs?: number;
  /** Upper limit of what a page may take along, in bytes. Default 1,048,576. */
  readonly maxBytes?: number;
  /**
   * Whether a page must tell where it came from, by `document.referrer`. `optional`: a page that has no referrer may redeem as well, so
   * whoever gets a victim to follow a link can sign them in as himself, unless they are signed in. Default `required`.
   */
  readonly referrer?: 'required' | 'optional';
  /** How many requests are answered; a refused one counts tenfold for its address. Above it they get 429. Default: what each part says. */
  readonly rates?: Partial<HandoffRates>;
  /** The address of a client; null where nobody knows: then only the total limits. Default: that of the connection, with `toNodeListener`. */
  readonly address?: (request: Request) => string | null;
  /** Hears of refusals. Default: nobody. */
  readonly onRefused?: (refused: HandoffRefused) => void;
  /** Accept `http` for origins that are not local. Default false. */
  readonly allowInsecure?: boolean;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
  /** Fills an array with random bytes, for tests. Default `crypto.getRandomValues`. */
  readonly draw?: DrawBytes;
}

/** The options, checked and complete. */
export interface HandoffSettings<I extends Identity>
  extends Required<
    Pick<
      HandoffOptions<I>,
      | 'verify'
      | 'current'
      | 'open'
      | 'path'
      | 'codes'
      | 'ttlMs'
      | 'maxBytes'
      | 'referrer'
      | 'address'
      | 'onRefused'
      | 'draw'
    >
  > {
  readonly origins: readonly string[];
  readonly own: string | null;
  readonly clock: Clock;
  readonly rate: RateLimit;
}

/** A code rides in a fragment and in logs of browsers: it must be of no use soon. */
const MOST_MS = 30_000;
const FUNCTIONS = ['verify', 'current', 'open'] as const;
const OTHERS = 'origins path own codes ttlMs maxBytes referrer rates address onRefused allowInsecure clock draw';
const KNOWN: ReadonlySet<string> = new Set([...FUNCTIONS, ...OTHERS.split(' ')]);

/** @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST` or `INVALID_OPTION`. */
export function readHandoffOptions<I extends Identity>(options: HandoffOptions<I>): HandoffSettings<I> {
  refuseUnknown(options, KNOWN);
  const { path = HANDOFF_PATH, referrer = 'required', clock = systemClock, verify, current, open } = options;
  for (const name of FUNCTIONS) {
    if (typeof options[name] !== 'function') throw invalid(name, 'is no function', 'See HandoffOptions.');
  }
  if (typeof path !== 'string' || !/^\/(?![/\\])[!-[\]-~]*[^/]$/.test(path)) {
    throw invalid('path', `can't be ${JSON.stringify(path)}`, 'Give a path that begins with one slash.');
  }
  if (referrer !== 'required' && referrer !== 'optional') {
    throw invalid('referrer', `can't be ${String(referrer)}`, 'Use required or optional.');
  }
  const ttlMs = whole('ttlMs', options.ttlMs ?? MOST_MS, 1);
  if (ttlMs > MOST_MS) throw invalid('ttlMs', `can't be ${ttlMs}`, `Give ${MOST_MS} at most.`);
  const { codes = memoryCodes({ clock }), address = addressOf, onRefused = () => {} } = options;
  const { draw = (bytes) => void crypto.getRandomValues(bytes) } = options;
  return {
    ...{ verify, current, open, path, codes, ttlMs, referrer, address, onRefused, draw, clock },
    ...readOrigins(options),
    maxBytes: whole('maxBytes', options.maxBytes ?? 2 ** 20, 1),
    rate: new RateLimit(readRates(options.rates), clock.now()),
  };
}

function readOrigins({
  origins,
  own,
  allowInsecure = false,
}: Pick<HandoffOptions, 'origins' | 'own' | 'allowInsecure'>) {
  if (!Array.isArray(origins) || origins.length === 0) throw noHosts();
  const hosts = origins.map((text: string) => parseHost(text, allowInsecure));
  refuseDuplicates(hosts);
  const listed = hosts.map(({ origin }) => origin);
  const mine = own === undefined ? null : parseHost(own, allowInsecure).origin;
  if (mine !== null && !listed.includes(mine)) throw invalid('own', `is not listed: ${mine}`, 'Put it among origins.');
  return { origins: listed, own: mine };
}

function readRates(given: Partial<HandoffRates> = {}): HandoffRates {
  refuseUnknown(given, Object.keys(RATES));
  const entries = Object.entries({ ...RATES, ...given });
  return Object.fromEntries(entries.map(([name, value]) => [name, whole(`rates.${name}`, value, 1)])) as never;
}
