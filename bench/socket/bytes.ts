import { type Bundle, bundleBytes, bytesTable, HOW_MEASURED } from '../lib/bundle.ts';
import type { Goal, Part, Section } from '../lib/report.ts';

const CONTENDERS: readonly Bundle[] = [
  ['switchover/socket', "export * from './src/index.socket.ts'"],
  ['switchover/socket { createWebSocket }', "export { createWebSocket } from './src/index.socket.ts'"],
  ['switchover/channel', "export * from './src/index.channel.ts'"],
  ['nats', "export { wsconnect } from '@nats-io/nats-core'"],
  ['mqtt.js', "export { connect } from 'mqtt'"],
  ['socket.io', "export { io } from 'socket.io-client'"],
  ['partysocket', "export { WebSocket } from 'partysocket'"],
  ['reconnecting-websocket', "export { default } from 'reconnecting-websocket'"],
  ['centrifuge-js', "export { Centrifuge } from 'centrifuge'"],
  ['graphql-ws', "export { createClient } from 'graphql-ws'"],
];

const GOAL_BYTES = { 'switchover/socket': 6_000, 'switchover/channel': 9_000 };

export const bytes: Part = {
  name: 'bytes',
  summary: 'bytes in a browser bundle',
  run: async (): Promise<Section> => {
    const sizes = await Promise.all(CONTENDERS.map(bundleBytes));
    return {
      title: 'Bytes of a client in a browser bundle',
      how: [HOW_MEASURED],
      tables: [{ table: bytesTable(sizes) }],
      goals: Object.entries(GOAL_BYTES).map(([entry, limit]): Goal => {
        const brotli = sizes.find(({ name }) => name === entry)?.brotli ?? Number.NaN;
        return {
          promise: `${entry} is at most ${limit} bytes of brotli`,
          measured: String(brotli),
          met: brotli <= limit,
        };
      }),
      figures: sizes,
    };
  },
};
