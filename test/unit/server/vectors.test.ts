import { describe, expect, test } from 'vitest';
import vectors from '../../../docs/protocol-vectors.json' with { type: 'json' };
import type { Step } from '../session/script.ts';
import { type Line, Stage } from './stage.ts';

/** Plays a scene of docs/protocol-vectors.json against the whole server: connections, timer, store, events. */
class Scene {
  readonly #stage: Stage;
  readonly #lines = new Map<number, Line>();
  readonly #names = new Map<string, string>();

  constructor(replay: number | undefined) {
    this.#stage = new Stage(replay === undefined ? {} : { replay });
  }

  async play(step: Step): Promise<void> {
    const { store, sessions, got } = this.#stage;
    if (step.passMs !== undefined) await this.#stage.settle(step.passMs);
    else if (step.store === 'forgets') store.forget();
    else if (step.store !== undefined) store.mode = step.store;
    else if (step.app === 'send') void sessions.send(this.#names.get(step.sid ?? '') ?? '', step.data);
    else if (step.app === 'got') expect(got).toEqual(step.data);
    else if (step.app === 'gaps') expect(this.#stage.heard('gap').map(([, range]) => range)).toEqual(step.ranges);
    else this.#onLine(step, this.#line(step.on ?? 0, step.subject));
    await this.#stage.settle();
  }

  /** Nothing was said that the scene does not know of. */
  end(): void {
    for (const { frames } of this.#lines.values()) expect(frames).toEqual([]);
  }

  #onLine(step: Step, line: Line): void {
    if (step.cut) line.cut();
    else if (step.client !== undefined) line.say(this.#filled(step.client));
    else if (step.text !== undefined) line.say(step.text);
    else if (step.server !== undefined) this.#expect(line.frames.shift() ?? {}, step.server);
    else if (step.closes !== undefined) expect([line.frames, line.code]).toEqual([[], step.closes]);
  }

  #line(on: number, subject = 'ann'): Line {
    const line = this.#lines.get(on) ?? this.#stage.line(subject);
    this.#lines.set(on, line);
    return line;
  }

  #filled(frame: Record<string, unknown>): Record<string, unknown> {
    const entries = Object.entries(frame).map(([key, value]) => [key, this.#names.get(String(value)) ?? value]);
    return Object.fromEntries(entries);
  }

  #expect(frame: Record<string, unknown>, expected: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(expected)) {
      const unknown = typeof value === 'string' && value.startsWith('$') && !this.#names.has(value);
      if (unknown) this.#names.set(value, String(frame[key]));
    }
    expect(frame).toMatchObject(this.#filled(expected));
  }
}

describe('the session server plays the scenes of the protocol', () => {
  test.each(vectors.server.map((scene) => [scene.name, scene] as const))('%s', async (_, scene) => {
    const play = new Scene('replay' in scene ? scene.replay : undefined);
    for (const step of scene.steps) await play.play(step as Step);
    play.end();
  });
});
