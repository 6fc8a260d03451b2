import { SwitchoverError } from '../../policy/error.ts';
import { invalidOption } from '../../policy/fill.ts';
import { systemClock } from '../../runtime/systemPorts.ts';
import { waitAtMost } from '../../runtime/wait.ts';
import {
  addressOn,
  type Minted,
  mintCode,
  type Parcel,
  type Place,
  packParcel,
  resumeToken,
  type StoredEntry,
} from '../../site/handoff.ts';
import { CHANNEL_KEYS } from '../../site/names.ts';
import { type HandoffSettings, handoffFailed } from './options.ts';

/** How a page leaves. Everything may be left out. */
export interface LeaveOptions {
  /**
   * What carries the code. `fragment`: the address, from which the next page takes it at once; no entry of this page stays in the
   * history. `form`: a form, and then a cookie that no script can read; the code is in no address. Default `fragment`.
   */
  readonly by?: 'fragment' | 'form';
  /** Path, query and fragment to go to, as in `location`. Default: where the page is. */
  readonly place?: Place;
}

interface Stored {
  readonly entries: readonly StoredEntry[];
  /** Names of the locks that others have. */
  readonly held: readonly string[];
}

/** Behind an origin, a path that does not begin with a slash would be a part of the host's name. */
function refuseUnlessFits(by: unknown, { pathname, search, hash }: Place): void {
  if (by !== 'fragment' && by !== 'form') throw invalidOption(`by can't be ${String(by)}`, 'Use fragment or form.');
  const fits = /^\//.test(pathname) && /^(\?|$)/.test(search) && /^(#|$)/.test(hash);
  if (!fits) throw invalidOption('place is no place on a host', 'Give pathname, search and hash as a URL has them.');
}

/** Takes the page to another host, and its session with it. */
export async function leave(backup: string, options: LeaveOptions, settings: HandoffSettings): Promise<void> {
  const { origins, page, path, closing } = settings;
  const { by = 'fragment', place = page.location } = options;
  if (!origins.includes(backup) || backup === page.location.origin) throw unlisted(backup);
  refuseUnlessFits(by, place);
  await closing();
  const { entries, held } = await stored(settings);
  const token = settings.token === undefined ? resumeToken(entries, settings.name) : await settings.token();
  if (token === null)
    throw handoffFailed(
      'There is no token to resume the session with.',
      'Give one to `keep`, or let the user sign in there.',
    );
  const parcel = packParcel(entries, settings.name, held);
  const code = await minted(backup, token, parcel, settings);
  page.showOrigin();
  if (by === 'fragment') page.location.replace(addressOn(backup, place, code));
  else page.submit(`${backup}${path}/enter`, { code, to: addressOn('', place) });
}

async function minted(
  backup: string,
  token: string,
  parcel: Parcel,
  { page, path, answerMs }: HandoffSettings,
): Promise<string> {
  let answer: Minted;
  try {
    answer = await mintCode({ fetch: page.fetch, backup, path, token, parcel, signal: AbortSignal.timeout(answerMs) });
  } catch (cause) {
    throw handoffFailed(`${backup} could not be asked for a code.`, STAYS, cause);
  }
  const { code, status } = answer;
  if (typeof code === 'string') return code;
  throw handoffFailed(`${backup} gave no code for the session (${status}).`, status === 401 ? SIGN_IN : STAYS);
}

const STAYS = 'Nothing has changed: what was closed can be opened again, or the page be loaded anew.';
const SIGN_IN = 'Its `verify` does not accept the token: let the user sign in there.';

/** All that is stored, and which of it is in use elsewhere. A storage that hangs must not hold the user up. */
async function stored(settings: HandoffSettings): Promise<Stored> {
  const found = await waitAtMost(systemClock, settings.answerMs, read(settings)).catch((cause: unknown) => {
    throw handoffFailed('What is stored could not be read.', STAYS, cause);
  });
  if (found === undefined) throw handoffFailed(`What is stored was not read in ${settings.answerMs} ms.`, STAYS);
  return found;
}

async function read(settings: HandoffSettings): Promise<Stored> {
  const { storage } = settings;
  const keys = (await storage.keys?.()) ?? [];
  const values = await Promise.all(keys.map((key) => storage.get(key)));
  const entries = keys.flatMap((key, at): StoredEntry[] => {
    const value = values[at];
    return value === undefined ? [] : [[key, value]];
  });
  return { entries, held: await inUse(entries, settings) };
}

/** The sessions of channels that other tabs have open: they go on there. */
async function inUse(entries: readonly StoredEntry[], { locks }: HandoffSettings): Promise<readonly string[]> {
  const held: string[] = [];
  for (const [key] of entries) {
    if (!key.startsWith(CHANNEL_KEYS)) continue;
    const release = await locks.acquire(key);
    if (release === null) held.push(key);
    else await release();
  }
  return held;
}

const unlisted = (origin: string): SwitchoverError =>
  new SwitchoverError('UNLISTED_HOST', `${origin} is not another one of the listed hosts.`, {
    remedy: 'Go to one of `hosts`, as its origin is written there.',
  });
