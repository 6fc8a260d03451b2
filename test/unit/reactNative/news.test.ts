import { describe, expect, test } from 'vitest';
import { appStateLifecycle } from '../../../src/reactNative/appState.ts';
import { type NetInfoStateLike, netInfoConnectivity } from '../../../src/reactNative/netInfo.ts';
import { cryptoRandom } from '../../../src/reactNative/random.ts';

function appState(currentState: string) {
  const listeners = new Set<(state: string) => void>();
  return {
    currentState,
    listeners,
    addEventListener(_type: 'change', listener: (state: string) => void) {
      listeners.add(listener);
      return { remove: () => void listeners.delete(listener) };
    },
    pass(...states: string[]) {
      for (const state of states) for (const listener of listeners) listener(state);
    },
  };
}

describe('AppState', () => {
  test.each([
    ['active', ['inactive', 'background', 'active'], 1],
    ['active', ['background', 'active', 'background', 'active'], 2],
    // A call, the control centre: the app ran on.
    ['active', ['inactive', 'active'], 0],
    ['active', ['inactive', 'background', 'inactive', 'active'], 1],
    // Started by a push message, and then looked at.
    ['background', ['active'], 1],
    ['unknown', ['active'], 0],
  ])('that was %s and passes through %j wakes %i times', (first, states, times) => {
    const state = appState(first);
    let woken = 0;
    const end = appStateLifecycle(state).subscribe(() => {
      woken++;
    });
    state.pass(...states);
    expect(woken).toBe(times);
    end();
    expect(state.listeners.size).toBe(0);
  });

  test('has what is to be stored stored before the app may be ended, from the switcher as well', () => {
    const state = appState('active');
    let left = 0;
    appStateLifecycle(state).onLeave?.(() => {
      left++;
    });
    state.pass('inactive');
    expect(left).toBe(1);
    state.pass('background', 'active');
    expect(left).toBe(2);
  });
});

describe('NetInfo', () => {
  const wifi: NetInfoStateLike = { type: 'wifi', isConnected: true, details: { ipAddress: '10.0.0.2' } };
  const none: NetInfoStateLike = { type: 'none', isConnected: false, details: null };
  const cellular: NetInfoStateLike = { type: 'cellular', isConnected: true };

  test.each([
    ['the state at the start', [wifi], 0],
    ['the network is gone', [wifi, none], 0],
    ['it is back', [wifi, none, wifi], 1],
    ['it is another', [wifi, cellular], 1],
    ['it is another Wi-Fi', [wifi, { ...wifi, details: { ipAddress: '10.9.0.7' } }], 1],
    ['it is told of once more', [wifi, { ...wifi }], 0],
    ['nobody knows, and then there is one', [{ type: 'unknown', isConnected: null }, cellular], 1],
  ])('tries again or not, where %s', (_what, states, times) => {
    const told: boolean[] = [];
    const connectivity = netInfoConnectivity({
      addEventListener(listener) {
        for (const state of states) listener(state);
        return () => {};
      },
    });
    connectivity.subscribe((online) => told.push(online));
    expect(told).toEqual(Array(times).fill(true));
    expect(connectivity.isOnline()).toBe(true);
  });
});

describe('random numbers', () => {
  test('lie in [0, 1)', () => {
    const from = (value: number) => cryptoRandom({ getRandomValues: (array) => array.fill(value) })();
    expect(from(0)).toBe(0);
    expect(from(2 ** 31)).toBe(0.5);
    expect(from(2 ** 32 - 1)).toBeLessThan(1);
  });
});
