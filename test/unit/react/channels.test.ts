import { describe, expect, test, vi } from 'vitest';
import { Channels } from '../../../src/react/channels.ts';
import type { ChannelCallbacks } from '../../../src/react/sharedChannel.ts';
import { Emitter } from '../../../src/runtime/emitter.ts';
import type { Channel, ChannelEvents, ChannelOptions, ChannelState } from '../../../src/socket/channel/types.ts';
import { settle } from '../../../src/testing/settle.ts';

const PLACE = { path: '/channel', name: '/channel' };
const OPEN: ChannelState = { kind: 'open', host: 'https://a.example.com', cause: 'start', durable: true };

/** A channel that does what it is told. */
class FakeChannel {
  readonly events = new Emitter<ChannelEvents>();
  readonly options: ChannelOptions;
  readonly sent: unknown[] = [];
  state: ChannelState = { kind: 'connecting', host: null, cause: 'start', durable: false };
  ends: boolean | null = null;
  closed: () => void = () => {};

  constructor(options: ChannelOptions) {
    if ((options.maxBytes ?? 0) < 0) throw new RangeError('negative');
    this.options = options;
  }

  on<Name extends keyof ChannelEvents>(name: Name, listener: ChannelEvents[Name]): () => void {
    this.events.on(name, listener);
    return () => this.events.off(name, listener);
  }

  async send(data: unknown): Promise<void> {
    this.sent.push(data);
  }

  close({ end = false } = {}): Promise<void> {
    this.ends = end;
    return new Promise((resolve) => {
      this.closed = resolve;
    });
  }
}

function stage() {
  const opened: FakeChannel[] = [];
  const channels = new Channels((_path, options) => {
    const channel = new FakeChannel(options);
    opened.push(channel);
    return channel as unknown as Channel;
  });
  const hold = (options: ChannelOptions = {}, callbacks: ChannelCallbacks = {}) =>
    channels.hold(PLACE, {
      listens: callbacks.onMessage !== undefined,
      options: () => options,
      callbacks: () => callbacks,
    });
  return { channels, opened, hold, view: () => channels.storeOf(PLACE).get() };
}

describe('a channel that components share', () => {
  test('is opened once, and closed after the last', async () => {
    const { opened, hold } = stage();
    const [one, two] = [hold(), hold()];
    await settle();
    expect(opened).toHaveLength(1);
    one();
    await settle();
    expect(opened[0]?.ends).toBeNull();
    two();
    await settle();
    expect(opened[0]?.ends).toBe(false);
  });

  test('is opened with what all want who are mounted at once: children come before their parents', async () => {
    const { opened, hold } = stage();
    hold();
    hold({ credential: () => 'parent', maxBytes: 1_024 });
    await settle();
    expect(opened).toHaveLength(1);
    expect(opened[0]?.options).toMatchObject({ maxBytes: 1_024 });
    expect(opened[0]?.options.credential?.()).toBe('parent');
  });

  test('stays open where it is let go of only to be taken again at once, as in strict mode', async () => {
    const { opened, hold } = stage();
    hold()();
    const end = hold();
    await settle();
    end();
    hold();
    await settle();
    expect(opened.map(({ ends }) => ends)).toEqual([null]);
  });

  test('is not opened for who was there for a moment only', async () => {
    const { opened, hold } = stage();
    hold()();
    await settle();
    expect(opened).toEqual([]);
  });

  test('is opened anew only when the last one has given its stored session up; what is sent until then waits', async () => {
    const { channels, opened, hold } = stage();
    const end = hold();
    await settle();
    end();
    await settle();
    hold();
    const sends = [channels.send(PLACE, 1, undefined), channels.send(PLACE, 2, undefined)];
    await settle();
    expect(opened).toHaveLength(1);
    opened[0]?.closed();
    await Promise.all(sends);
    expect(opened.map(({ sent }) => sent)).toEqual([[], [1, 2]]);
  });

  test('refuses what is sent while nobody holds it, or what waited for a channel that was never opened', async () => {
    const { channels, hold } = stage();
    await expect(channels.send(PLACE, 1, undefined)).rejects.toMatchObject({ code: 'CLOSED' });
    const end = hold();
    const send = channels.send(PLACE, 1, undefined);
    end();
    await expect(send).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('shows its state to all, tells whoever listens, and takes messages only for those who do', async () => {
    const { channels, opened, hold, view } = stage();
    const tell = vi.fn();
    channels.storeOf(PLACE).subscribe(tell);
    const got: unknown[] = [];
    const resumed = vi.fn();
    hold({}, { onMessage: (data) => got.push(data), onResumed: resumed });
    hold();
    await settle();
    const [channel] = opened as [FakeChannel];
    tell.mockClear();
    channel.events.emit('state', OPEN);
    channel.events.emit('message', 'one');
    channel.events.emit('resumed', { host: 'a', result: 'resumed' });
    expect([view().state, view().error, got]).toEqual([OPEN, null, ['one']]);
    expect(tell).toHaveBeenCalledOnce();
    expect(resumed).toHaveBeenCalledOnce();
  });

  test('keeps why it has stopped until it connects again', async () => {
    const { opened, hold, view } = stage();
    hold();
    await settle();
    const [{ events }] = opened as [FakeChannel];
    const error = { code: 'CREDENTIAL_REFUSED' } as never;
    events.emit('error', error);
    events.emit('state', { ...OPEN, kind: 'stopped', cause: 'unauthenticated' });
    expect(view().error).toBe(error);
    events.emit('state', { ...OPEN, kind: 'reconnecting' });
    expect(view().error).toBeNull();
  });

  test('shows the credential of the component that came last, and one that is gone when no other has any', async () => {
    const { opened, hold } = stage();
    const one = hold({ credential: () => 'one' });
    const two = hold({ credential: () => 'two' });
    hold();
    await settle();
    const credential = () => opened[0]?.options.credential?.();
    expect(credential()).toBe('two');
    two();
    expect(credential()).toBe('one');
    one();
    expect(credential()).toBe('one');
  });

  test('is refused to a component that wants it otherwise, and opened anew for one that holds it alone', async () => {
    const { opened, hold } = stage();
    const refused = expect.objectContaining({ code: 'INVALID_OPTION' });
    const one = hold({ outbox: { maxCount: 3 }, maxBytes: 1_024 });
    expect(() => hold({ maxBytes: 2_048 })).toThrow(refused);
    await settle();
    hold({ outbox: { maxCount: 3 } })();
    expect(() => hold({ outbox: { maxCount: 4 } })).toThrow(refused);
    expect(() => hold({ credential: () => 'late' })).toThrow(/another credential/);
    one();
    hold({ maxBytes: 2_048 });
    opened[0]?.closed();
    await settle();
    expect(opened.map(({ options }) => options.maxBytes)).toEqual([1_024, 2_048]);
  });

  test('shows what its options were refused with', async () => {
    const { hold, view } = stage();
    hold({ maxBytes: -1 });
    await settle();
    expect(view().refusal).toBeInstanceOf(RangeError);
  });

  test('is ended for all who hold it; the next component opens another', async () => {
    const { channels, opened, hold, view } = stage();
    const one = hold();
    await settle();
    const ended = channels.end(PLACE);
    const [channel] = opened as [FakeChannel];
    channel.events.emit('state', { ...OPEN, kind: 'stopped', cause: 'closed' });
    expect([channel.ends, view().state.kind]).toEqual([true, 'stopped']);
    hold();
    one();
    channel.closed();
    await ended;
    await settle();
    expect(opened.map(({ ends }) => ends)).toEqual([true, null]);
    expect(view().state.kind).toBe('connecting');
  });
});
