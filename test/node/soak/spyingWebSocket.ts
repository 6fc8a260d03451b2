import type { WebSocketConstructor } from '../../../src/index.channel.ts';
import type { ClientRecord } from './records.ts';

type Opened = Extract<ClientRecord, { kind: 'opened' }>;
type Handler = ((event: MessageEvent) => void) | null;

/** The platform's WebSocket, which tells of each welcome just before its owner gets it: what the client was told, word for word. */
export function spyingWebSocket(note: (opened: Opened) => void): WebSocketConstructor {
  class SpyingWebSocket extends WebSocket {
    override set onmessage(handler: Handler) {
      super.onmessage =
        handler &&
        ((event) => {
          const opened = welcomeIn(event.data);
          if (opened !== null) note(opened);
          handler(event);
        });
    }
    override get onmessage(): Handler {
      return super.onmessage as Handler;
    }
  }
  return SpyingWebSocket as unknown as WebSocketConstructor;
}

function welcomeIn(data: unknown): Opened | null {
  if (typeof data !== 'string' || !data.includes('"welcome"')) return null;
  const frame = JSON.parse(data) as { readonly kind: string } & Omit<Opened, 'kind'>;
  if (frame.kind !== 'welcome') return null;
  const { sid, stream, epoch, result } = frame;
  return { kind: 'opened', sid, stream, epoch, result };
}
