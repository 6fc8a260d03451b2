// What a user's project holds. Checked against the packed tarball, under each way to resolve modules.
import { createFailover, SwitchoverError } from 'switchover';
import { registerWorker } from 'switchover/browser';
import { type Channel, openChannel } from 'switchover/channel';
import { createFetch, createPool, SwitchoverError as FromFetch } from 'switchover/fetch';
import * as node from 'switchover/node';
import { fullPool } from 'switchover/parts';
import * as react from 'switchover/react';
import * as reactNative from 'switchover/react-native';
import { createSessionServer, memorySessionStore } from 'switchover/server';
import { interpose, type SiteOptions } from 'switchover/service-worker';
import { createWebSocket } from 'switchover/socket';
import * as testing from 'switchover/testing';
import { switchover } from 'switchover/vite';

const error: SwitchoverError = new FromFetch('CLOSED', 'it was closed', { remedy: 'open another' });
const code: string = SwitchoverError.is(error) ? error.code : '';

// @ts-expect-error A code that the library does not have.
new SwitchoverError('NO_SUCH_CODE', '', { remedy: '' });

const failover = createFailover({ hosts: ['https://a.example.com'] });
// Options for one request, on those of `fetch` and on those of ky.
void failover.fetch('/', { failover: { pin: 'https://a.example.com' } });
void failover.http.get('x', { failover: { idempotencyKey: true } });

const site: SiteOptions = { hosts: ['https://a.example.com'], mode: 'transparent' };
// @ts-expect-error A mode that there is not.
switchover({ ...site, mode: 'magic' });

// One pool for all, from whichever entry it is.
const pools = [createPool(['https://a.example.com']), fullPool(['https://a.example.com']), failover.pool];
export const fetches = pools.map((pool) => createFetch(pool));
export const sockets = pools.map((pool): typeof WebSocket => createWebSocket(pool));
export const channels: Channel[] = pools.map((pool) => openChannel(pool, '/channel'));

const sessions = createSessionServer({ store: memorySessionStore(), authenticate: () => ({ subject: 'ann', age: 7 }) });
// @ts-expect-error What `authenticate` gave has no such thing.
sessions.on('message', (session) => session.identity.height);

export const plugins: readonly { readonly name: string }[] = [switchover({ ...site, page: { languages: ['de'] } })];
export const parts: readonly unknown[] = [registerWorker, interpose];
export const seen: readonly unknown[] = [code, node, react, reactNative, testing];
