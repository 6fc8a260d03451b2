import { expectTypeOf, test } from 'vitest';
import type { Failover } from '../../src/index.default.ts';
import type { EventSourceErrorEvent, FailoverEventSource } from '../../src/index.socket.ts';

declare const failover: Failover;

test('failover.EventSource may stand wherever the class of the web does', () => {
  expectTypeOf(failover.EventSource).toExtend<typeof EventSource>();
  expectTypeOf<FailoverEventSource>().toExtend<EventSource>();
});

test('its error events say what was wrong', () => {
  const source = new failover.EventSource('/events', {
    withCredentials: true,
    headers: () => ({ a: 'b' }),
    stallMs: 1,
  });
  source.addEventListener('error', (event) => expectTypeOf(event).toEqualTypeOf<EventSourceErrorEvent>());
  source.addEventListener('error', ({ error }) => expectTypeOf(error.remedy).toEqualTypeOf<string>());
  source.addEventListener('message', ({ data }) => expectTypeOf(data).toEqualTypeOf<string>());
  source.addEventListener('price', ({ data, lastEventId }) => {
    expectTypeOf(data).toEqualTypeOf<string>();
    expectTypeOf(lastEventId).toEqualTypeOf<string>();
  });
});
