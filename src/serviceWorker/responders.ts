import type { FetchEvent, Responder, WorkerScope } from './events.ts';

/** Has each request answered by the first responder whose it is; what is nobody's stays the browser's. */
export function answerBy(scope: WorkerScope, responders: readonly Responder[]): void {
  scope.addEventListener('fetch', (event) => respondBy(event, responders));
}

/** The same for one request. */
export function respondBy(event: FetchEvent, responders: readonly Responder[]): void {
  responders.some((respond) => {
    const answer = respond(event);
    if (answer) event.respondWith(answer);
    return answer;
  });
}
