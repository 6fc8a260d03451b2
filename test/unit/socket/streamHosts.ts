import { wait } from '../../../src/runtime/wait.ts';
import { createEventSource, type FailoverEventSource } from '../../../src/socket/eventSource/createEventSource.ts';
import type { EventSourceInit, EventSourceOptions } from '../../../src/socket/eventSource/options.ts';
import type { HostBehaviour } from '../../../src/testing/index.ts';
import { A, B, letter, type WorldOptions, world } from '../runtime/world.ts';

const encoder = new TextEncoder();

/** One stream, seen from its server. */
export interface ServedStream {
  readonly host: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  send(text: string): void;
  end(): void;
  break(): void;
}

/** Hosts that serve event streams, until they are told otherwise, and a client of theirs. Time is the test's. */
export function streamWorld(options: WorldOptions & { readonly answerHeaders?: Record<string, string> } = {}) {
  const { answerHeaders = {}, ...rest } = options;
  const served: ServedStream[] = [];
  // A request's signal follows its caller's only while somebody holds both.
  const held: unknown[] = [];
  const serve = (host: string) => (request: Request) => {
    if (!request.url.includes('/events')) return new Response('ok');
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (own) => {
        controller = own;
      },
      // What is sent to somebody who has left goes nowhere.
      cancel: () => {
        controller = undefined;
      },
    });
    held.push(request);
    served.push({
      host: String(letter(host)),
      headers: request.headers,
      signal: request.signal,
      send: (text) => controller?.enqueue(encoder.encode(text)),
      end: () => controller?.close(),
      break: () => controller?.error(new TypeError('terminated')),
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream', ...answerHeaders } });
  };
  const own = world({ ...rest, network: { [A]: serve(A), [B]: serve(B), ...rest.network } });
  const { fetch } = own.pool.ports;
  Object.assign(own.pool.ports, {
    fetch: (input: string, init?: RequestInit) => {
      held.push(init?.signal);
      return fetch(input, init);
    },
  });
  const log: string[] = [];
  const open = (
    init: EventSourceInit = {},
    url = '/events',
    defaults: EventSourceOptions = {},
  ): FailoverEventSource => {
    const EventSource = createEventSource(own.pool, defaults);
    const source = new EventSource(url, init);
    source.onopen = () => log.push(`open ${source.readyState}`);
    source.onmessage = ({ data, lastEventId }) => log.push(`${data}${lastEventId && `#${lastEventId}`}`);
    source.addEventListener('error', ({ error }) => log.push(`${error.code} ${source.readyState}`));
    return source;
  };
  return {
    ...own,
    log,
    /** What the client was told since the last look. */
    heard: () => log.splice(0),
    open,
    served,
    /** The stream that was opened last. */
    last: () => served.at(-1) as ServedStream,
    /** Which hosts have served a stream, in order. */
    hosts: () => served.map(({ host }) => host).join(''),
    /** Who was asked for a stream, in order. */
    asked: () =>
      own.network.log
        .filter(({ path }) => path.startsWith('/events'))
        .map(({ host }) => letter(host))
        .join(''),
    set: (host: string, behaviour: HostBehaviour) => own.network.set(host, behaviour),
    heal: (host: string) => own.network.set(host, serve(host)),
    /** Serves, after a while. */
    slow: (host: string, delayMs: number) =>
      own.network.set(host, async (request) => {
        await wait(own.clock, delayMs, request.signal);
        return serve(host)(request);
      }),
  };
}
