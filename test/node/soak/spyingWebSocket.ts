import type { WebSocketConstructor } from '../../../src/index.channel.ts';
import type { ClientRecord } from './records.ts';

type Opened = Extract<ClientRecord, { kind: 'opened' }>;
type Frame =
  | { readonly kind: 'close'; readonly code: number }
  | ({ readonly kind: 'welcome' } & Omit<Opened, 'kind'>)
  | { readonly kind: 'another' };
type Handler = ((event: MessageEvent) => void) | null;

const TOKEN_REFUSED = 4403;

/** The platform's WebSocket, which tells of each welcome, and of each token refused, just before its owner gets that. */
export function spyingWebSocket(note: (record: ClientRecord) => void): WebSocketConstructor {
  class SpyingWebSocket extends WebSocket {
    override set onmessage(handler: Handler) {
      super.onmessage =
        handler &&
        ((event) => {
          const record = recordOf(event.data);
          if (record !== null) note(record);
          handler(event);
        });
    }
    override get onmessage(): Handler {
      return super.onmessage as Handler;
    }
  }
  return SpyingWebSocket as unknown as WebSocketConstructor;
}

function recordOf(data: unknown): ClientRecord | null {
  // Most frames are messages: they are not parsed twice.
  if (typeof data !== 'string' || !/"(?:welcome|close)"/.test(data)) return null;
  const frame = JSON.parse(data) as Frame;
  if (frame.kind === 'close') return frame.code === TOKEN_REFUSED ? { kind: 'tokenRefused' } : null;
  if (frame.kind !== 'welcome') return null;
  const { sid, stream, epoch, result } = frame;
  return { kind: 'opened', sid, stream, epoch, result };
}
