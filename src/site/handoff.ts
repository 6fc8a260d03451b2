import type { SiteConfig } from './config.ts';
import { affinityKey, CHANNEL_KEYS, handoffKey, healthKey, SEALED, sessionKey } from './names.ts';

/** Where hosts mint and redeem codes, if nothing else is said. */
export const HANDOFF_PATH = '/switchover-handoff';

/** In place of a code: it came by a form, and lies in a cookie that no script can read. */
export const ENTERED = 'entered';

const MARK = '#switchover-code=';

/** What is stored under a key. */
export type StoredEntry = readonly [key: string, value: string];

/** What a page takes along: what it has stored, as it is. */
export interface Parcel {
  readonly version: 1;
  readonly entries: readonly StoredEntry[];
}

/** The part of an address that is the same on each host: `location` fits. */
export interface Place {
  /** The path, with its first slash. */
  readonly pathname: string;
  /** The query with its question mark, or nothing. */
  readonly search: string;
  /** The fragment with its `#`, or nothing. */
  readonly hash: string;
}

/**
 * The same place on another host, and with a code in front of the app's own fragment. It is put together from text: `new URL(path, origin)`
 * reads `//evil.example` as another host.
 */
export function addressOn(origin: string, { pathname, search, hash }: Place, code: string | null = null): string {
  const fragment = code === null ? hash : `${MARK}${code}${hash === '' ? '' : `&${hash.slice(1)}`}`;
  return `${origin}${pathname}${search}${fragment}`;
}

/** Parts a code from the app's own fragment; null where there is none. */
export function takeCode(hash: string): { readonly code: string; readonly hash: string } | null {
  const [, code, rest] = /^#switchover-code=([\w-]{1,64})(?:&(.*))?$/s.exec(hash) ?? [];
  return code === undefined ? null : { code, hash: rest === undefined ? '' : `#${rest}` };
}

/** True for what moves along: an app's session, its channels, and what it knows of its hosts. */
export function movesAlong(key: string, name: string): boolean {
  return (
    key.startsWith(CHANNEL_KEYS) || [sessionKey, healthKey, affinityKey, handoffKey].some((of) => of(name) === key)
  );
}

/**
 * Packs what moves along.
 *
 * @param held Names of the locks that others have: a channel's session that is in use stays where it is.
 */
export function packParcel(entries: readonly StoredEntry[], name: string, held: readonly string[] = []): Parcel {
  const isHeld = (key: string) => held.includes(key) || held.includes(key.replace(/\.\d+$/, ''));
  return { version: 1, entries: entries.filter(([key]) => movesAlong(key, name) && !isHeld(key)) };
}

/** The token that shows another host whose session it is: one that the app has kept for this, else that of its HTTP session. */
export function resumeToken(entries: readonly StoredEntry[], name: string): string | null {
  const stored = new Map(entries);
  const kept = stored.get(handoffKey(name));
  if (kept !== undefined) return kept;
  try {
    const { token } = JSON.parse(stored.get(sessionKey(name)) ?? '{}') as { readonly token?: unknown };
    return typeof token === 'string' ? token : null;
  } catch {
    return null;
  }
}

/** The platform's `fetch`, as far as a move needs it. */
export type MintFetch = (url: string, init: RequestInit) => Promise<Response>;

/** What a move is made of. */
export interface Minting {
  readonly fetch: MintFetch;
  /** Origin of the host to go to. */
  readonly backup: string;
  /** Path of the endpoints there. */
  readonly path: string;
  readonly token: string;
  readonly parcel: Parcel;
  readonly signal?: AbortSignal | undefined;
}

/** What a host has answered: a code, or null with the status of its refusal. */
export interface Minted {
  readonly code: string | null;
  readonly status: number;
}

/**
 * Has a host mint a code for the session. No cookies go along, and nothing of it is in a URL. A parcel that is too large for the host is
 * left behind, and the session goes without it.
 *
 * Rejects where the host can't be reached, or does not let this origin ask.
 */
export async function mintCode(minting: Minting): Promise<Minted> {
  const { fetch, backup, path, token, parcel, signal = null } = minting;
  const response = await fetch(`${backup}${path}/mint`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, parcel }),
    credentials: 'omit',
    redirect: 'error',
    cache: 'no-store',
    signal,
  });
  const { status } = response;
  if (status === 413 && parcel.entries.length > 0) return mintCode({ ...minting, parcel: { version: 1, entries: [] } });
  const { code = null } = response.ok ? ((await response.json()) as { readonly code?: string }) : {};
  return { code, status };
}

/** A page's move to another host. */
export interface Move {
  /** The platform's. */
  readonly fetch: MintFetch;
  /** All that is stored in the database of `DATABASE`. */
  readonly entries: readonly StoredEntry[];
  readonly config: Pick<SiteConfig, 'name' | 'handoff'>;
  /** Origin of the host to go to. It is one of the list. */
  readonly backup: string;
  /** Where the page is: `location`. */
  readonly url: Place;
  /** Names of the locks that are held: by `navigator.locks.query()`. */
  readonly held?: readonly string[];
  /** Ends the wait for the host: then the page goes without its session. */
  readonly signal?: AbortSignal;
}

/**
 * Where to go, so that the session comes along. Where it can't (there is none, or the host does not take it) that is the plain address.
 * The page must tell the host where it came from: `<meta name="referrer" content="origin">`. Never rejects.
 */
export async function moveSession({ fetch, entries, config, backup, url, held, signal }: Move): Promise<string> {
  const { name, handoff } = config;
  // What an encrypted store has written nobody can read here, nor at the other host.
  const readable = entries.filter(([, value]) => !value.startsWith(SEALED));
  const token = resumeToken(readable, name);
  if (handoff === null || token === null) return addressOn(backup, url);
  const parcel = packParcel(readable, name, held);
  const minting = mintCode({ fetch, backup, path: handoff, token, parcel, signal });
  const { code } = await minting.catch(() => ({ code: null }));
  return addressOn(backup, url, code);
}
