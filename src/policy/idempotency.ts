/** True for methods that change nothing on the server (RFC 9110 §9.2.1). Methods are given in upper case. */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/**
 * True where sending a request twice does its work once (RFC 9110 §9.2.2), so that it may be sent again even if the
 * first one could have arrived. PUT and DELETE name the state they want; POST and PATCH, and every method we do not
 * know, need an `Idempotency-Key` by which the server knows the second for a repetition.
 */
export function isReplaySafe(method: string, hasIdempotencyKey: boolean): boolean {
  return hasIdempotencyKey || isSafeMethod(method) || method === 'PUT' || method === 'DELETE';
}
