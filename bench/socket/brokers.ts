import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rig } from '../../test/rig/rig.ts';
import { startBinary } from '../lib/binary.ts';
import { temporaryDirectory } from '../lib/temporaryDirectory.ts';
import { hostOver } from './hosts.ts';
import type { Host, Place } from './peer.ts';

/** A broker that is installed, and the application that stands beside each of its processes. */
export interface BrokerKind {
  readonly file: string;
  /** What it is started with, given the path of its configuration. */
  args(configuration: string): readonly string[];
  configuration(host: string, port: number): string;
  /** Of the broker's WebSocket listener. */
  url(host: string, port: number): string;
  readonly app: URL;
}

/** The broker's process is what is killed or frozen. The application, which has no other broker, goes with it. */
export async function startBroker(rig: Rig, kind: BrokerKind, place: Place): Promise<Host> {
  const { name, port, namespace } = place;
  const host = namespace?.address ?? '127.0.0.1';
  const directory = rig.owns(temporaryDirectory());
  const configuration = join(directory.path, 'configuration');
  writeFileSync(configuration, kind.configuration(host, port));
  const prefix = namespace?.prefix ?? [];
  const broker = rig.owns(await startBinary({ file: kind.file, args: kind.args(configuration), host, port, prefix }));
  const url = kind.url(host, port);
  const app = await rig.server({
    name,
    program: fileURLToPath(kind.app),
    // It listens nowhere; the number is only told.
    port: port + 1,
    extra: url,
    ...(namespace === undefined ? {} : { namespace }),
  });
  return {
    ...hostOver(app),
    url,
    async kill() {
      await broker.kill();
      await app.kill();
    },
    freeze: () => broker.freeze(),
    thaw: async () => broker.thaw(),
    async restart() {
      await broker.restart();
      await app.restart();
    },
  };
}
