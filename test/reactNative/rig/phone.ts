import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { type Device, device } from './device.ts';
import { realNetwork } from './realNetwork.ts';

/** One life of the app in `phone/app.js`. Its promises are of another realm, and can be awaited all the same. */
export interface App {
  /** What the app was told: moves of the pool, states of the channel; hosts by their place in the list. */
  readonly events: readonly string[];
  /** What the channel has brought. */
  readonly heard: readonly string[];
  current(): string;
  /** By `failover.http`, read as JSON. */
  http<Answer>(path: string, how?: object): Promise<Answer>;
  /** By `failover.fetch`, read as text. */
  text(path: string, how?: object): Promise<string>;
  enter(credential: () => string): void;
  say(text: string): Promise<void>;
  link(): string;
  /** A socket of `failover.WebSocket`. */
  socket(path: string): WebSocket;
  /** How the pool takes a host to be. */
  state(host: number): string;
  end(): Promise<void>;
}

/** A phone without a phone: React Native's own JavaScript in a realm that has what React Native puts there, and no more. */
export interface Phone {
  readonly device: Device;
  /** The names of all that the realm has. */
  readonly globals: readonly string[];
  /** What lies in the app's storage and in its key store. */
  readonly disk: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string>>;
  start(hosts: readonly string[], options?: object): App;
  /** NetInfo tells of the network. */
  network(state: object): void;
  /** Runs a script in the realm. */
  run(script: string): unknown;
}

interface Quay {
  emit(name: string, event: unknown): void;
  readonly start: Phone['start'];
  readonly network: Phone['network'];
  readonly disk: Phone['disk'];
  readonly keys: Phone['keys'];
}

/** @param bundle Path of the bundle of `phone/app.js`. */
export function phone(bundle: string): Phone {
  const realm: Record<string, unknown> = {};
  const quay = () => realm['quay'] as Quay;
  const its = device(realNetwork, (name, event) => quay().emit(name, event));
  // The engine's own, beside the language: what React Native's native side brings.
  Object.assign(realm, {
    setTimeout: (callback: () => void, delayMs: number) => Number(setTimeout(callback, delayMs)),
    clearTimeout,
    queueMicrotask,
    performance: { now: () => performance.now() },
    __turboModuleProxy: its.module,
    nativeModuleProxy: {},
    RN$Bridgeless: true,
  });
  const context = vm.createContext(realm);
  const run = (script: string, filename = 'script.js'): unknown => vm.runInContext(script, context, { filename });
  run('globalThis.global = globalThis');
  run(readFileSync(bundle, 'utf8'), bundle);
  return {
    device: its,
    globals: run('Object.getOwnPropertyNames(globalThis)') as string[],
    disk: quay().disk,
    keys: quay().keys,
    start: (hosts, options) => quay().start(hosts, options),
    network: (state) => quay().network(state),
    run,
  };
}
