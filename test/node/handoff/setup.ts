import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type OutgoingHttpHeaders, request as startRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Server } from '../../rig/cluster.ts';
import { freePort } from '../../rig/ports.ts';
import { useRig } from '../../rig/vitest.ts';
import type { HandoffExtra } from './programs/handoffServer.ts';

const PROGRAM = fileURLToPath(new URL('./programs/handoffServer.ts', import.meta.url));

/** Two hosts of one app, on two sites, over one database. */
export interface Hosts {
  readonly a: Server;
  readonly b: Server;
  readonly origins: readonly [a: string, b: string];
  /** What the app has got by its channels, oldest first. */
  got(): readonly { readonly subject: string; readonly data: unknown; readonly server: string }[];
  /** Every address that was asked for, every referrer, every refusal: all that a server's log may hold. */
  log(): string;
}

/** What may be different from the usual. */
export type HostsOptions = Pick<HandoffExtra, 'options' | 'script' | 'shared'> & {
  /** The site that both are of. Default: each is a site of its own. */
  readonly site?: string;
};

export function useHosts(lasting: { readonly for?: 'each' | 'all' } = {}): (options?: HostsOptions) => Promise<Hosts> {
  const rig = useRig(lasting);
  return async ({ site = 'localhost', ...more } = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'switchover-handoff-'));
    rig.owns({ [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }) });
    const database = join(folder, 'app.db');
    const log = join(folder, 'log');
    writeFileSync(log, '');
    const ports = [await freePort('127.0.0.1'), await freePort('127.0.0.1')] as const;
    const origins = [`http://a.${site}:${ports[0]}`, `http://b.${site}:${ports[1]}`] as const;
    const extra: HandoffExtra = { database, log, origins, ...more };
    const start = (name: string, port: number) =>
      rig.server({ name, port, hostname: `${name}.${site}`, program: PROGRAM, extra });
    // One after the other: the first makes the tables.
    const a = await start('a', ports[0]);
    const b = await start('b', ports[1]);
    return {
      a,
      b,
      origins,
      got() {
        const reader = new DatabaseSync(database, { readOnly: true });
        try {
          const rows = reader.prepare('SELECT subject, data, server FROM got ORDER BY at').all();
          return rows.map(({ subject, data, server }) => ({
            subject: String(subject),
            data: JSON.parse(String(data)),
            server: String(server),
          }));
        } finally {
          reader.close();
        }
      },
      log: () => readFileSync(log, 'utf8'),
    };
  };
}

/** An answer, as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends any request with any headers, as no browser would. */
export function send(
  server: Server,
  path: string,
  headers: OutgoingHttpHeaders,
  body = '',
  method = 'POST',
): Promise<Answer> {
  const { host } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, method, headers: { host, ...headers }, agent: false };
    const sent = startRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
export const PATH = '/switchover-handoff';

/** Signs a user in at a host. */
export async function signedIn(
  server: Server,
  user: string,
): Promise<{ readonly token: string; readonly cookie: string }> {
  const { text, headers } = await send(server, '/api/sign-in', JSON_TYPE, JSON.stringify({ user }));
  return { token: JSON.parse(text).token, cookie: cookieIn(headers) };
}

/** The pair that a browser would send back. */
export const cookieIn = (headers: Answer['headers']): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

export async function userAt(server: Server, cookie: string): Promise<string | null> {
  return JSON.parse((await send(server, '/api/me', { cookie }, '', 'GET')).text).user;
}

/** Asks b for a code as a page of a does, unless told otherwise. */
export function mint(hosts: Hosts, body: unknown, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return send(hosts.b, `${PATH}/mint`, { ...JSON_TYPE, origin: hosts.origins[0], ...headers }, text);
}

export async function codeFor(hosts: Hosts, user: string, parcel?: object): Promise<string> {
  const { token } = await signedIn(hosts.a, user);
  const { text } = await mint(hosts, { token, ...(parcel === undefined ? {} : { parcel }) });
  return JSON.parse(text).code;
}

/** Redeems at b as its own page does after it was led there from a, unless told otherwise. */
export function redeem(hosts: Hosts, code: unknown, headers: OutgoingHttpHeaders = {}, from?: string): Promise<Answer> {
  const body = JSON.stringify({ code, from: from ?? hosts.origins[0] });
  return send(hosts.b, `${PATH}/redeem`, { ...JSON_TYPE, origin: hosts.origins[1], ...headers }, body);
}

/** Enters b by a form of a page of a, unless told otherwise. */
export function enter(
  hosts: Hosts,
  fields: Record<string, string>,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  return send(hosts.b, `${PATH}/enter`, { ...type, origin: hosts.origins[0], ...headers }, body);
}

export const whyOf = ({ text }: Answer): string => JSON.parse(text).error;
