import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import type { SrvRecord } from '../../../src/node/srvOrder.ts';

/** A name server on a port of this machine that knows service records, and nothing else. */
export interface DnsServer extends AsyncDisposable {
  /** What it answers, by name; a test may change it. `silent`: nothing at all. Names left out do not exist. */
  readonly records: Map<string, readonly SrvRecord[] | 'silent'>;
  /** How often each name was asked for. */
  readonly asked: Map<string, number>;
  /** A resolver of Node's that asks this server. */
  resolver(): Resolver;
}

const SRV = 33;
const ANSWER = 0x8180;
const NO_SUCH_NAME = 3;
/** In an answer, the name that was asked for: a pointer to the question, 12 bytes into the message. */
const ASKED_NAME = 0xc00c;

export async function startDnsServer(): Promise<DnsServer> {
  const records: DnsServer['records'] = new Map();
  const asked: DnsServer['asked'] = new Map();
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const name = readName(query);
    asked.set(name, (asked.get(name) ?? 0) + 1);
    const known = records.get(name);
    if (known !== 'silent') socket.send(answerTo(query, known), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    records,
    asked,
    resolver() {
      const resolver = new Resolver();
      resolver.setServers([`127.0.0.1:${socket.address().port}`]);
      return resolver;
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}

/** The question's name, which stands after the header of 12 bytes as labels with their lengths. */
function readName(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12, length = query[at] ?? 0; length > 0; at += length + 1, length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
  }
  return labels.join('.').toLowerCase();
}

function writeName(name: string): Buffer {
  const labels = name === '.' ? [] : name.split('.');
  return Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label)]), Buffer.of(0)]);
}

function answerTo(query: Buffer, records: readonly SrvRecord[] | undefined): Buffer {
  const nameEnd = 12 + writeName(readName(query)).length;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(ANSWER | (records === undefined ? NO_SUCH_NAME : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records?.length ?? 0, 6);
  return Buffer.concat([header, query.subarray(12, nameEnd + 4), ...(records ?? []).map(writeRecord)]);
}

function writeRecord({ name, port, priority, weight }: SrvRecord): Buffer {
  const target = writeName(name);
  const fixed = Buffer.alloc(18);
  fixed.writeUInt16BE(ASKED_NAME, 0);
  fixed.writeUInt16BE(SRV, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(60, 6);
  fixed.writeUInt16BE(target.length + 6, 10);
  fixed.writeUInt16BE(priority, 12);
  fixed.writeUInt16BE(weight, 14);
  fixed.writeUInt16BE(port, 16);
  return Buffer.concat([fixed, target]);
}
