import { invalidOption } from '../../policy/fill.ts';
import type { KeyValueStore } from '../../runtime/ports.ts';
import { handoffKey } from '../../site/names.ts';
import { type Arrival, arrive } from './arrive.ts';
import { type LeaveOptions, leave } from './leave.ts';
import { type HandoffOptions, readHandoffOptions } from './options.ts';

/** A page's session on its way between hosts. */
export interface Handoff {
  /** How this page has come here. Never rejects. */
  readonly arrived: Promise<Arrival>;
  /**
   * The storage, for `createFailover` and channels: whoever reads in it waits until what came along is there. So a session and its
   * channels go on where they were.
   */
  readonly storage: KeyValueStore;
  /**
   * Takes the page to another host, at the same path unless told otherwise, and the session with it. Resolves when the browser is on
   * its way. What is stored here stays, so nothing is lost where the user does not arrive; what both copies send takes effect once.
   *
   * Rejects with `UNLISTED_HOST` or `INVALID_OPTION` at once; with `HANDOFF_FAILED` where there is no token, the host gives no code, or the
   * storage does not answer within `answerMs`: then the page is where it was, after `closing` was called. What `closing` or `token`
   * throws is passed on.
   *
   * @param origin As it is listed.
   */
  to(origin: string, options?: LeaveOptions): Promise<void>;
  /**
   * Keeps a resume token for moves: for an app whose session is a cookie, which no page can take along, and for the offline page, which
   * leads on when the app can't be loaded. Null forgets it: do so when the user signs out.
   * Rejects with `INVALID_OPTION`, or with what the storage says.
   */
  keep(token: string | null): Promise<void>;
}

/**
 * Lets a user who is moved to another hostname stay signed in. Call it first, before other scripts look at the page's address: a code
 * that the page came with is taken out of it at once, and redeemed.
 *
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST` or `INVALID_OPTION`.
 * @example
 * const moves = handoff({ hosts });
 * const failover = createFailover({ hosts, storage: moves.storage });
 */
export function handoff(options: HandoffOptions): Handoff {
  const settings = readHandoffOptions(options);
  const { storage, name } = settings;
  const arrived = arrive(settings);
  return {
    arrived,
    storage: filledBy(arrived, storage),
    async to(origin, how = {}) {
      await arrived;
      await leave(origin, how, settings);
    },
    async keep(token) {
      if (token !== null && (typeof token !== 'string' || token === '')) {
        throw invalidOption('The token is no text', 'Give the resume token, or null to forget it.');
      }
      // What came along holds an older one.
      await arrived;
      await (token === null ? storage.delete(handoffKey(name)) : storage.set(handoffKey(name), token));
    },
  };
}

/** A store that tells its readers to wait. */
function filledBy(ready: Promise<unknown>, storage: KeyValueStore): KeyValueStore {
  const { volatile, locks, update, keys } = storage;
  return {
    get: (key) => storage.get(key),
    set: (key, value) => storage.set(key, value),
    delete: (key) => storage.delete(key),
    ...(update === undefined ? {} : { update: (key, change) => update.call(storage, key, change) }),
    ...(keys === undefined ? {} : { keys: () => keys.call(storage) }),
    ...(volatile === undefined ? {} : { volatile }),
    ...(locks === undefined ? {} : { locks }),
    ready,
  };
}
