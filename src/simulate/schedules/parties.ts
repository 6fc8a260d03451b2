import { CLIENT_POLICY, type ClientPolicy } from '../../session/clientPolicy.ts';
import { SERVER_POLICY, type ServerPolicy } from '../../session/serverPolicy.ts';

/** Small limits, so that a short life runs into all of them. */
export const CLIENT: ClientPolicy = { ...CLIENT_POLICY, outbox: { count: 8, bytes: 4_000, whenFull: 'drop-oldest' } };
export const SERVER: ServerPolicy = { ...SERVER_POLICY, window: [4, 2_000], replay: { count: 6, bytes: 10_000 } };
/** Messages that may wait for a client's application: as many as a server sends ahead. More come where its log has overflowed meanwhile. */
export const INBOX = SERVER.window[0];
