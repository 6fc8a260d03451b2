import type { ClientEffect } from '../../session/clientState.ts';

/** What a client's application knows of one stream: all numbers up to `upTo` came, but for the gaps that it was told of. */
interface Seen {
  readonly upTo: number;
  /** It was told that nothing else will come. */
  readonly lost: boolean;
}

/** What a client's application has stored, by stream. */
export type App = Readonly<Record<string, Seen>>;

/** What a client's machine tells its application in order, and what that takes its time for. */
export type News = Extract<ClientEffect, { kind: 'deliver' | 'gap' }>;

export const seenOf = (app: App, stream: string): Seen => app[stream] ?? { upTo: 0, lost: false };

/** The same application, once it is over with all that it knows, and with one stream more. */
export function withoutSession(app: App, stream: string): App {
  const streams = [...Object.keys(app), stream];
  return Object.fromEntries(streams.map((name) => [name, { ...seenOf(app, name), lost: true }]));
}

/** For how long something is slower than usual, and by how much. */
export interface Slowness {
  readonly extraMs: number;
  readonly untilMs: number;
}

/** How long something takes this time. Many things are as good as done at once. */
export function takesMs(usualMs: number, slow: Slowness, nowMs: number, random: () => number): number {
  const share = random();
  const extraMs = nowMs < slow.untilMs ? slow.extraMs : 0;
  return share < 0.3 && extraMs === 0 ? 0 : share * (usualMs + extraMs);
}
