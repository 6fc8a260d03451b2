import type { Responder, WorkerScope } from './events.ts';

/** Has each request answered by the first responder whose it is; what is nobody's stays the browser's. */
export function answerBy(scope: WorkerScope, responders: readonly Responder[]): void {
  scope.addEventListener('fetch', (event) => {
    for (const respond of responders) {
      const answer = respond(event);
      if (answer !== null) {
        event.respondWith(answer);
        return;
      }
    }
  });
}
