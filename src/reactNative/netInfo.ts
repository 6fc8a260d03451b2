import type { Connectivity } from '../runtime/ports.ts';
import { requireMethods } from './checks.ts';

/** What is used of what `@react-native-community/netinfo` tells. */
export interface NetInfoStateLike {
  /** `wifi`, `cellular`, `none` and others. */
  readonly type: string;
  /** False where there is no network; null where nobody knows. */
  readonly isConnected: boolean | null;
  /** What else is known; `ipAddress` among it on a Wi-Fi. */
  readonly details?: unknown;
}

/** What is used of `@react-native-community/netinfo`. */
export interface NetInfoLike {
  /** Calls `listener` with the state now, and at each change; the returned function ends it. */
  addEventListener(listener: (state: NetInfoStateLike) => void): () => void;
}

/**
 * Takes from NetInfo when it is time to try again: the network is there again, or is another one. It is never taken for a proof that
 * there is none: it is wrong now and then, and would keep an app from hosts that answer. `isInternetReachable` is of no use here:
 * it asks a server of Google's (netinfo#147), not yours.
 *
 * @throws SwitchoverError `INVALID_OPTION` for what is no NetInfo.
 */
export function netInfoConnectivity(netInfo: NetInfoLike): Connectivity {
  requireMethods('netInfo', netInfo, ['addEventListener'], 'the NetInfo of @react-native-community/netinfo');
  return {
    isOnline: () => true,
    subscribe(listener) {
      let last: string | undefined;
      return netInfo.addEventListener((state: NetInfoStateLike) => {
        const network = networkOf(state);
        const changed = last !== undefined && network !== last;
        last = network;
        if (changed && network !== NONE) listener(true);
      });
    },
  };
}

const NONE = 'none';

/** One Wi-Fi is told from the next by the address that the phone has in it. */
function networkOf({ type, isConnected, details }: NetInfoStateLike): string {
  if (isConnected === false) return NONE;
  const { ipAddress } = (details ?? {}) as { readonly ipAddress?: unknown };
  return `${type} ${String(ipAddress ?? '')}`;
}
