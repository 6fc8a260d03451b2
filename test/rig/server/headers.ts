import type { IncomingMessage } from 'node:http';
import type { Settings } from '../protocol.ts';

/** Every header that a page of another origin may want to read (CORS hides all others). */
const EXPOSED = [
  'Retry-After',
  'ETag',
  'Accept-Ranges',
  'Content-Range',
  'Content-Length',
  'Switchover-Role',
  'Switchover-Active',
  'Switchover-Epoch',
  'Switchover-Retry-Window',
  'Switchover-Instance',
].join(', ');

/** What goes on every answer: who this is, and leave for pages of any origin to read it. */
export function commonHeaders(request: IncomingMessage, settings: Settings, instance: string): Record<string, string> {
  return {
    'switchover-instance': instance,
    ...(settings.role === undefined ? {} : { 'switchover-role': settings.role }),
    ...(settings.epoch === undefined ? {} : { 'switchover-epoch': settings.epoch }),
    ...(settings.active === undefined ? {} : { 'switchover-active': settings.active }),
    ...(settings.cors === false ? {} : corsHeaders(request)),
    ...settings.headers,
  };
}

function corsHeaders({ headers: { origin } }: IncomingMessage): Record<string, string> {
  return {
    'access-control-allow-origin': origin ?? '*',
    ...(origin === undefined ? {} : { 'access-control-allow-credentials': 'true', vary: 'Origin' }),
    'access-control-expose-headers': EXPOSED,
  };
}

/** The answer to a CORS preflight: anything goes. */
export function preflightHeaders(request: IncomingMessage): Record<string, string> {
  return {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
  };
}

export function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}
