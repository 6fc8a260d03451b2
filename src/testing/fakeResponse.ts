import type { HostAnswer } from './behaviour.ts';
import { brokenBody } from './networkError.ts';

/** The response that an answer stands for. An abort breaks a body that is not whole, as the end of its connection does. */
export function responseOf(answer: HostAnswer, signal: AbortSignal): Response {
  const { status = 200, headers = {} } = answer;
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : bodyOf(answer, signal), { status, headers });
}

/** What a response from a network has, and `new Response` does not give. */
export function asReceived(response: Response, url: string): Response {
  return Object.defineProperties(response, {
    url: { value: url, configurable: true },
    type: { value: 'basic', configurable: true },
  });
}

function bodyOf({ body = '', bodyEnd = 'whole' }: HostAnswer, signal: AbortSignal): string | ReadableStream {
  if (bodyEnd === 'whole') return body;
  let over = () => {};
  return new ReadableStream(
    {
      start(controller) {
        const abort = () => controller.error(signal.reason);
        signal.addEventListener('abort', abort);
        over = () => signal.removeEventListener('abort', abort);
        if (body !== '') controller.enqueue(new TextEncoder().encode(body));
      },
      pull(controller) {
        if (bodyEnd === 'stall') return new Promise(() => {});
        over();
        controller.error(brokenBody());
        return undefined;
      },
      cancel: () => over(),
    },
    { highWaterMark: 0 },
  );
}
