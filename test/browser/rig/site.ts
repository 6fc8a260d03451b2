import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Server } from '../../rig/cluster.ts';
import type { Settings, SiteAnswer } from '../../rig/protocol.ts';
import type { Rig } from '../../rig/rig.ts';
import { temporaryFolder } from './profile.ts';

/** How a site is served. Everything may be left out. */
export interface SiteSetup {
  /**
   * Hostnames, one a server, whose first label is the server's name. Default `a.localhost` and `b.localhost`, which are of
   * different sites; `a.app.localhost` and `b.app.localhost` are of the same. Each is a secure context in all engines.
   */
  readonly hostnames?: readonly string[];
  /** An own folder with the files. Default: one that is empty. */
  readonly folder?: string;
  /** Files by their path in the folder, such as `{ 'index.html': '<h1>%SERVER%</h1>' }`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** By path: what differs from the file's own answer. */
  readonly answers?: Readonly<Record<string, SiteAnswer>>;
  /** What else the servers say of themselves: `cors`, `role`, `headers`. */
  readonly settings?: Omit<Settings, 'site'>;
}

/**
 * One site, served by real processes at different origins. A fault is a server's: `kill`, `restart`, `freeze`, `thaw`, `end`,
 * or `mode({ kind: 'mute', only: 'navigations' })` and whatever else test/rig/protocol.ts knows.
 */
export interface Site {
  readonly servers: readonly Server[];
  /** The first server, and the second. */
  readonly a: Server;
  readonly b: Server;
  /** The origins. */
  readonly hosts: readonly string[];
  readonly folder: string;
  /** Writes a file, which all servers have from then on. */
  write(path: string, content: string | Uint8Array): void;
  /** How often a server was asked for a path, whatever its query; for a folder of paths where it ends with `*`. */
  asked(server: Server, path: string): number;
}

/** Starts the servers. They end, and a folder that was made goes, with the rig. */
export async function startSite(rig: Rig, setup: SiteSetup = {}): Promise<Site> {
  const { hostnames = ['a.localhost', 'b.localhost'], files = {}, answers = {}, settings } = setup;
  const folder = setup.folder ?? ownFolder(rig);
  const write: Site['write'] = (path, content) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  const site = { folder, answers };
  const start = (hostname: string): Promise<Server> =>
    rig.server({ name: hostname.replace(/\..*/, ''), hostname, settings: { ...settings, site } });
  const servers = await Promise.all(hostnames.map(start));
  const nth = (index: number): Server => {
    const server = servers[index];
    if (server === undefined) throw new Error(`The site has ${servers.length} servers.`);
    return server;
  };
  return {
    servers,
    get a() {
      return nth(0);
    },
    get b() {
      return nth(1);
    },
    hosts: servers.map(({ url }) => url),
    folder,
    write,
    asked: (server, path) => server.counts().received.filter(({ path: asked }) => fits(asked, path)).length,
  };
}

function ownFolder(rig: Rig): string {
  const { path, remove } = temporaryFolder('site');
  rig.owns({ [Symbol.asyncDispose]: async () => remove() });
  return path;
}

function fits(asked: string, path: string): boolean {
  const bare = asked.replace(/\?.*/s, '');
  return path.endsWith('*') ? bare.startsWith(path.slice(0, -1)) : bare === path;
}
