import type { AnswerPart } from './run.ts';
import type { BodyPart } from './sentBody.ts';

/** Sends what `fetch` can send twice by itself; of a `Request`, whose body is always a stream, the bytes. */
export const plainBodies: BodyPart = (request, init) => {
  const given = init?.body;
  const { body, method } = request ?? { body: null, method: '' };
  if (given == null && request !== null && body !== null && method !== 'GET' && method !== 'HEAD') {
    return request.arrayBuffer().then((bytes) => ({ body: bytes, replayable: true }));
  }
  const isStream =
    typeof given === 'object' && given !== null && ('getReader' in given || Symbol.asyncIterator in given);
  return isStream ? { body: given, replayable: false, duplex: 'half' } : { body: given, replayable: true };
};

/** Hands answers on as they are. A caller's long-lived signal keeps nothing of those that are collected. */
export function plainAnswers(): AnswerPart {
  const collected =
    typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<() => void>((unlink) => unlink()) : null;
  return (_run, { response, unlink }) => {
    if (unlink !== null) collected?.register(response, unlink);
    return response;
  };
}
