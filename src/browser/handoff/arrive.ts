import { SwitchoverError } from '../../policy/error.ts';
import { systemClock } from '../../runtime/systemPorts.ts';
import { waitAtMost } from '../../runtime/wait.ts';
import { addressOn, ENTERED, type Parcel, resumeToken, takeCode } from '../../site/handoff.ts';
import { sessionKey } from '../../site/names.ts';
import type { HandoffSettings } from './options.ts';
import { unpack } from './unpack.ts';

/** How long the storage may take to say who is signed in: everything in the page waits. */
const STORAGE_MS = 2_000;

/** How a page has come here. */
export type Arrival =
  | {
      /** As any page. */
      readonly kind: 'none';
    }
  | {
      /** From another host, and its session with it. */
      readonly kind: 'arrived';
      /** The same user was signed in here before. */
      readonly already: boolean;
      /** What the server's `open` gave for the page; null where it gave nothing. */
      readonly data: unknown;
      /** What came along is stored. False where the storage does not take it: it still lies at the other host. */
      readonly unpacked: boolean;
    }
  | {
      /** With a code that was not accepted. The page is as any page: who was signed in here still is. */
      readonly kind: 'refused';
      /** Why: `HANDOFF_REFUSED`. */
      readonly error: SwitchoverError;
    };

/** What a host answers to a code. */
interface Answer {
  readonly parcel: Parcel;
  readonly already: boolean;
  readonly data: unknown;
}

/**
 * Takes the code out of the page's address, at once and for good: what is not there can't be sent on by another script, stored in the
 * history, or shown again by a reload. Then has it redeemed. Never rejects.
 */
export function arrive(settings: HandoffSettings): Promise<Arrival> {
  // A code that comes to a page that is there already comes from nobody who moves. It must not wait for a reload.
  settings.page.onFragment(() => void scrub(settings));
  const code = scrub(settings);
  if (code === null) return Promise.resolve({ kind: 'none' });
  return redeem(code, settings).catch((cause: unknown) => refused('It could not be redeemed', cause));
}

/** Takes a code out of the page's address. */
function scrub({ page: { location, history } }: HandoffSettings): string | null {
  const taken = takeCode(location.hash);
  if (taken === null) return null;
  const { origin, pathname, search } = location;
  history.replaceState(history.state, '', addressOn(origin, { pathname, search, hash: taken.hash }));
  return taken.code;
}

async function redeem(code: string, settings: HandoffSettings): Promise<Arrival> {
  const { origins, page, storage, name, answerMs } = settings;
  const from = originOf(page.referrer);
  // A form's sender is known to the server. What came from elsewhere is somebody else's code.
  if (code !== ENTERED && from !== '' && !origins.includes(from))
    return refused('The page came from a host that is not listed');
  const reading = (async () => storage.get(sessionKey(name)))().catch(() => undefined);
  const stored = await waitAtMost(systemClock, STORAGE_MS, reading);
  const response = await ask({ code, from }, resumeToken([[sessionKey(name), stored ?? '']], name), settings);
  if (!response.ok) return refused(WHY.get(await whyOf(response)) ?? `The host answered with ${response.status}`);
  const { parcel, already, data } = (await response.json()) as Answer;
  const unpacking = unpack(parcel, already, settings).then(
    () => true,
    () => false,
  );
  return { kind: 'arrived', already, data, unpacked: (await waitAtMost(systemClock, answerMs, unpacking)) === true };
}

/** A request that failed on its way is made once more: if the code was used up by it, the second one says so. */
async function ask(
  body: object,
  token: string | null,
  { page, path, attach, answerMs }: HandoffSettings,
): Promise<Response> {
  const signal = AbortSignal.timeout(answerMs);
  const send = () =>
    page.fetch(`${page.location.origin}${path}/redeem`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token === null ? {} : attach(token)) },
      body: JSON.stringify(body),
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
      signal,
    });
  try {
    return await send();
  } catch (error) {
    if (signal.aborted) throw error;
    return send();
  }
}

const WHY: ReadonlyMap<string, string> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries({
    code: 'The code is unknown, has expired, or was used before',
    source: 'The page did not come from the host that the code was made for',
    occupied: 'Another user is signed in here',
    closed: 'The host did not let the user in',
    rate: 'The host has been asked too often',
  }),
);

async function whyOf(response: Response): Promise<string> {
  const { error = '' } = (await response.json().catch(() => ({}))) as { readonly error?: string };
  return error;
}

function refused(message: string, cause?: unknown): Arrival {
  const remedy = 'Let the user sign in. What was stored at the other host is still there.';
  return { kind: 'refused', error: new SwitchoverError('HANDOFF_REFUSED', `${message}.`, { remedy, cause }) };
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return '';
  }
}
