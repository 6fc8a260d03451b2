/** A message of the load, about a hundred bytes as JSON. */
export interface Message {
  /**
   * `up`: to be counted · `echo`: to be sent back · `pull`: as many as `n` are to be sent down · `down`: one of those ·
   * `got`: so many have been counted.
   */
  readonly kind: 'up' | 'echo' | 'pull' | 'down' | 'got';
  readonly n: number;
  readonly text: string;
}

/** One connection, seen from either side. What is sent and heard is the application's data, whatever carries it. */
export interface Line {
  /** At a client: resolves when the server has accepted it, where that is known. */
  send(message: Message): unknown;
}

/** A way to carry messages, with its ends. */
export interface Kind {
  readonly name: string;
  /** True where `send` at the client says when a message was accepted. Otherwise the server tells its count now and then. */
  readonly acknowledges: boolean;
  /** Serves on a port of 127.0.0.1. Resolves when it listens. */
  serve(port: number, onMessage: (line: Line, message: Message) => void): Promise<void>;
  /** Opens `count` connections, numbered from `first`. Resolves when all are open. */
  connect(
    url: string,
    first: number,
    count: number,
    onMessage: (index: number, message: Message) => void,
  ): Promise<readonly Line[]>;
}

export const NAMES = {
  bare: 'bare ws',
  memory: 'channel, memory store',
  sqlite: 'channel, node:sqlite store',
  sqliteProcess: "the same, durability: 'process'",
  socketIo: 'socket.io, recovery on',
};
