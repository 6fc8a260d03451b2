import { SwitchoverError } from '../../policy/error.ts';
import {
  addressOn,
  type Minted,
  mintCode,
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

/** Takes the page to another host, and its session with it. */
export async function leave(backup: string, options: LeaveOptions, settings: HandoffSettings): Promise<void> {
  const { origins, page, path, closing } = settings;
  const { by = 'fragment', place = page.location } = options;
  if (!origins.includes(backup) || backup === page.location.origin) throw unlisted(backup);
  await closing();
  const entries = await stored(settings);
  const token = settings.token === undefined ? resumeToken(entries, settings.name) : await settings.token();
  if (token === null)
    throw handoffFailed(
      'There is no token to resume the session with.',
      'Give one to `keep`, or let the user sign in there.',
    );
  const code = await minted(backup, token, entries, settings);
  page.showOrigin();
  if (by === 'fragment') page.location.replace(addressOn(backup, place, code));
  else page.submit(`${backup}${path}/enter`, { code, to: addressOn('', place) });
}

async function minted(
  backup: string,
  token: string,
  entries: readonly StoredEntry[],
  settings: HandoffSettings,
): Promise<string> {
  const { page, path, name, answerMs } = settings;
  const held = await inUse(entries, settings);
  const parcel = packParcel(entries, name, held);
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

/** All that is stored, as far as it can be read. */
async function stored({ storage }: HandoffSettings): Promise<readonly StoredEntry[]> {
  const keys = (await storage.keys?.()) ?? [];
  const read = async (key: string): Promise<StoredEntry> => [key, (await storage.get(key)) ?? ''];
  return Promise.all(keys.map(read));
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
