import { SwitchoverError } from '../../policy/error.ts';
import { invalidOption, refuseUnknown } from '../../policy/fill.ts';
import { parseHost } from '../../policy/host.ts';
import { noHosts, refuseDuplicates } from '../../policy/plainHosts.ts';
import { locksFor } from '../../runtime/locks.ts';
import type { KeyValueStore, MaybePromise, OwnerLock } from '../../runtime/ports.ts';
import { HANDOFF_PATH, type MintFetch, type Place } from '../../site/handoff.ts';
import { nameOfHosts } from '../../site/names.ts';
import { idbStore } from '../idbStore.ts';

/** Options of {@link handoff}. Only `hosts` is needed. */
export interface HandoffOptions {
  /** Origins of the hosts between which users move; the page's own among them. The same list as `origins` of `createHandoff`. */
  readonly hosts: readonly string[];
  /** Names what is stored, as the `name` of `createFailover`. Default: made from the origins. */
  readonly name?: string | undefined;
  /** Where the session and the channels are stored. It needs `keys`. Default: {@link idbStore}. */
  readonly storage?: KeyValueStore | undefined;
  /** Path of the endpoints on each host. `/switchover-handoff` if not given. */
  readonly path?: string;
  /**
   * The resume token that is shown to the host that is gone to; null: there is none. Default: what was given to {@link Handoff.keep},
   * else the token of the HTTP session.
   */
  readonly token?: () => MaybePromise<string | null>;
  /**
   * The headers by which the host that is come to sees who is signed in there already, where that is no cookie, as in the session's
   * options. Default `Authorization: Bearer …`.
   */
  readonly attach?: (token: string) => Readonly<Record<string, string>>;
  /** Called before the page leaves: to close its channels, so that what they have stored is whole. Default: nothing. */
  readonly closing?: () => unknown;
  /** How long a host may take to answer, in milliseconds. Default 5,000. */
  readonly answerMs?: number;
  /** Accept `http` to hosts that are not local. Default false. */
  readonly allowInsecure?: boolean;
  /** The surroundings of the page, for tests. Default: the platform's. */
  readonly page?: PageSurroundings;
}

/** What a page is surrounded by. */
export interface PageSurroundings {
  /** The page's address. */
  readonly location: Place & {
    /** As in `location.origin`. */
    readonly origin: string;
    /** Leaves for another address, without a way back. */
    replace(url: string): void;
  };
  /** The page's history. */
  readonly history: {
    /** What the app has stored with this entry. */
    readonly state: unknown;
    /** Changes this entry's address. */
    replaceState(state: unknown, unused: string, url: string): void;
  };
  /** Asks hosts for codes, and redeems them. */
  readonly fetch: MintFetch;
  /** As in `document.referrer`. */
  readonly referrer: string;
  /** Calls the listener whenever the fragment of the page's address has changed. */
  onFragment(listener: () => void): void;
  /** Sees to it that the next page learns this one's origin, whatever the site's own policy says. */
  showOrigin(): void;
  /** Leaves by a form, with these fields. */
  submit(action: string, fields: Readonly<Record<string, string>>): void;
}

/** The options, checked and complete. */
export interface HandoffSettings {
  readonly origins: readonly string[];
  readonly name: string;
  readonly storage: KeyValueStore;
  readonly locks: OwnerLock;
  readonly path: string;
  readonly token: (() => MaybePromise<string | null>) | undefined;
  readonly attach: (token: string) => Readonly<Record<string, string>>;
  readonly closing: () => unknown;
  readonly answerMs: number;
  readonly page: PageSurroundings;
}

const KNOWN = 'hosts name storage path token attach closing answerMs allowInsecure page'.split(' ');
const FUNCTIONS = ['token', 'attach', 'closing'] as const;
const ANSWER_MS = 5_000;

/** @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST` or `INVALID_OPTION`. */
export function readHandoffOptions(options: HandoffOptions): HandoffSettings {
  refuseUnknown(options, KNOWN);
  const { hosts, path = HANDOFF_PATH, answerMs = ANSWER_MS, allowInsecure = false, attach = bearer } = options;
  if (!Array.isArray(hosts) || hosts.length === 0) throw noHosts();
  const read = hosts.map((text: string) => parseHost(text, allowInsecure));
  refuseDuplicates(read);
  const origins = read.map(({ origin }) => origin);
  for (const name of FUNCTIONS) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw invalidOption(`${name} is no function`);
  }
  if (typeof path !== 'string' || !/^\/(?![/\\])[!-[\]-~]*[^/]$/.test(path)) {
    throw invalidOption(`path can't be ${JSON.stringify(path)}`, 'Give a path that begins with one slash.');
  }
  if (!(Number.isInteger(answerMs) && answerMs > 0)) throw invalidOption(`answerMs can't be ${String(answerMs)}`);
  const { name = nameOfHosts(origins), storage = idbStore(), token, closing = () => {} } = options;
  if (typeof storage?.keys !== 'function') {
    throw invalidOption('storage has no keys', 'Give a store that can list its keys, such as idbStore.');
  }
  const { page = surroundings() } = options;
  return { origins, name, storage, locks: locksFor(storage), path, token, attach, closing, answerMs, page };
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

function surroundings(): PageSurroundings {
  return {
    location,
    history,
    fetch: (url, init) => fetch(url, init),
    referrer: document.referrer,
    onFragment: (listener) => addEventListener('hashchange', listener),
    showOrigin() {
      const meta = document.createElement('meta');
      meta.name = 'referrer';
      meta.content = 'origin';
      document.head.append(meta);
    },
    submit(action, fields) {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = action;
      for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement('input');
        input.type = 'hidden';
        input.name = name;
        input.value = value;
        form.append(input);
      }
      document.body.append(form);
      form.submit();
    },
  };
}

export const handoffFailed = (message: string, remedy: string, cause?: unknown): SwitchoverError =>
  new SwitchoverError('HANDOFF_FAILED', message, { remedy, cause });
