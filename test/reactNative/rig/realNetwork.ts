import { request as send } from 'node:http';
import { WebSocket } from 'ws';
import type { Network } from './device.ts';

/** Real sockets. Without any time-out, as on Android. */
export const realNetwork: Network = {
  request({ method, url, headers, body }, told) {
    const sent = send(url, { method, headers: Object.fromEntries(headers), agent: false }, (answer) => {
      const names = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
      told.head(answer.statusCode ?? 0, Object.fromEntries(names), url);
      const total = Number(answer.headers['content-length'] ?? -1);
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        told.progress(text.length, total);
      });
      answer.on('end', () => told.end(text));
      answer.on('error', ({ message }) => told.failed(message));
    });
    sent.on('error', ({ message }) => told.failed(message));
    sent.end(body ?? undefined);
    return () => sent.destroy();
  },

  connect(url, headers, told) {
    const socket = new WebSocket(url, { headers });
    let isOpen = false;
    socket.on('open', () => {
      isOpen = true;
      told.opened();
    });
    socket.on('message', (data) => told.message(String(data)));
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      if (isOpen && code !== 1006) told.closed(code, String(reason));
      else told.failed('The connection was lost');
    });
    return { send: (text) => socket.send(text), close: (code, reason) => socket.close(code, reason) };
  },
};
