import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Server } from '../../rig/cluster.ts';
import type { Rig } from '../../rig/rig.ts';

const PROGRAM = join(import.meta.dirname, 'server.ts');

/** Two servers, and the address at which a client in whatever runtime asks for what is to become of them. */
export interface Stage {
  readonly hosts: readonly string[];
  readonly control: string;
}

/** @param folder Where the servers keep their sessions. */
export async function createStage(rig: Rig, folder: string): Promise<Stage> {
  const start = (name: string): Promise<Server> =>
    rig.server({ name, program: PROGRAM, extra: join(folder, 'sessions.db') });
  const a = await start('a');
  const b = await start('b');
  const deeds: Readonly<Record<string, () => Promise<void>>> = {
    'kill a': () => a.kill(),
    'restart a': () => a.restart(),
    'freeze a': () => a.freeze(),
    'thaw a': () => a.thaw(),
  };
  const control = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    const deed = deeds[decodeURIComponent(request.url ?? '').slice(1)];
    void (deed?.() ?? Promise.reject(new Error(`nobody can ${request.url}`))).then(
      () => response.end('done'),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  rig.owns({ [Symbol.asyncDispose]: () => closed(control) });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const { port } = control.address() as AddressInfo;
  return { hosts: [a.url, b.url], control: `http://127.0.0.1:${port}` };
}

function closed(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}
