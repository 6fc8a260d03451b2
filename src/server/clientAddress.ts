import type { IncomingMessage } from 'node:http';

const ADDRESSES = /* @__PURE__ */ new WeakMap<Request, string>();

/** Notes whose connection a request came by. */
export function noteAddress(request: Request, { socket }: IncomingMessage): Request {
  if (socket.remoteAddress !== undefined) ADDRESSES.set(request, socket.remoteAddress);
  return request;
}

/** The address at the other end of a request's connection; null where nobody knows it. Behind a proxy it is the proxy's. */
export const addressOf = (request: Request): string | null => ADDRESSES.get(request) ?? null;
