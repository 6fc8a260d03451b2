import type { Peer } from './peer.ts';
import { centrifuge } from './peers/centrifuge.ts';
import { channel, channelAtOnce, channelNoFsync } from './peers/channel.ts';
import { dropIn } from './peers/dropIn.ts';
import { mqtt } from './peers/mqtt.ts';
import { nats } from './peers/nats.ts';
import { partysocket } from './peers/partysocket.ts';
import { reconnectingWebSocket } from './peers/reconnectingWebSocket.ts';
import { socketIo } from './peers/socketIo.ts';

/** Ours first. */
export const PEERS: readonly Peer[] = [
  channel,
  channelAtOnce,
  channelNoFsync,
  dropIn,
  nats,
  mqtt,
  socketIo,
  partysocket,
  reconnectingWebSocket,
  centrifuge,
];
