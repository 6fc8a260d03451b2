import type { Lifecycle } from '../runtime/ports.ts';
import { requireMethods } from './checks.ts';

/** What is used of React Native's `AppState`. */
export interface AppStateLike {
  /** The state now: `active`, `background`, `inactive`; null or `unknown` before the app knows it. */
  readonly currentState: string | null | undefined;
  /** Calls `listener` with each new state. */
  addEventListener(
    type: 'change',
    listener: (state: string) => void,
  ): {
    /** Ends it. */
    remove(): void;
  };
}

/**
 * Tells when the app comes back from the background: what was connected before is then asked whether it lives, since a phone may
 * tell of a dead socket only after half an hour. Before the app may be gone, what is to be stored is stored.
 *
 * iOS passes through `inactive` on the way, and stays in it under a call, the control centre or the app switcher. The app runs on
 * then, so coming back from there wakes nothing; but it may be ended from there, so what is to be stored is stored.
 *
 * @throws SwitchoverError `INVALID_OPTION` for what is no `AppState`.
 */
export function appStateLifecycle(appState: AppStateLike): Lifecycle {
  requireMethods('appState', appState, ['addEventListener'], "React Native's AppState");
  const listen = (told: (state: string) => void): (() => void) => {
    const subscription = appState.addEventListener('change', told);
    return () => subscription.remove();
  };
  return {
    suspends: true,
    subscribe(listener) {
      let away = appState.currentState === 'background';
      return listen((state) => {
        if (state === 'background') away = true;
        if (state !== 'active' || !away) return;
        away = false;
        listener();
      });
    },
    onLeave: (listener) =>
      listen((state) => {
        if (state === 'inactive' || state === 'background') listener();
      }),
  };
}
