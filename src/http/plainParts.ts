import { SwitchoverError } from '../policy/error.ts';
import type { AnswerPart } from './run.ts';
import type { BodyPart } from './sentBody.ts';

/**
 * Sends what `fetch` can send twice by itself; of a `Request`, whose body is always a stream, the bytes.
 *
 * @throws SwitchoverError `INVALID_REQUEST` for a stream: it could be sent once, and on Node an abort would not end its source.
 */
export const plainBodies: BodyPart = (request, init) => {
  const given = init?.body;
  const { body, method } = request ?? { body: null, method: '' };
  if (given == null && request !== null && body !== null && method !== 'GET' && method !== 'HEAD') {
    return request.arrayBuffer().then((bytes) => ({ body: bytes, replayable: true }));
  }
  if (typeof given === 'object' && given !== null && ('getReader' in given || Symbol.asyncIterator in given)) {
    throw new SwitchoverError('INVALID_REQUEST', 'The body is a stream.', { remedy: 'Use the part `bufferedBodies`.' });
  }
  return { body: given, replayable: true };
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
