import type { Server } from '../../rig/cluster.ts';

/** Each way in which a server fails its pages, and how it is well again. */
export const FAULTS: Readonly<
  Record<string, readonly [fail: (server: Server) => Promise<void>, mend: (server: Server) => Promise<void>]>
> = {
  'is killed': [(server) => server.kill(), (server) => server.restart()],
  'is frozen': [(server) => server.freeze(), (server) => server.thaw()],
  'says 503': [(server) => server.mode({ kind: 'status', status: 503 }), (server) => server.mode({ kind: 'ok' })],
  'is mute to pages': [
    (server) => server.mode({ kind: 'mute', only: 'navigations' }),
    (server) => server.mode({ kind: 'ok' }),
  ],
  'resets connections': [
    (server) => server.mode({ kind: 'resetBeforeHeaders' }),
    (server) => server.mode({ kind: 'ok' }),
  ],
  'says that it stands by': [
    (server) => server.mode({ kind: 'standby', status: 421 }),
    (server) => server.mode({ kind: 'ok' }),
  ],
};
