// What every platform can import. Checked under the conditions of each.
import { createFailover, type Failover, type FailoverOptions, memoryStore } from 'switchover';
import { type Channel, openChannel } from 'switchover/channel';
import { createFetch, createPool } from 'switchover/fetch';
import { fullPool, systemPorts } from 'switchover/parts';
import { createEventSource, createWebSocket } from 'switchover/socket';

const options: FailoverOptions = { hosts: ['https://a.example.com'], storage: memoryStore() };
const failover: Failover = createFailover(options);
const pools = [createPool(['https://a.example.com'], systemPorts()), fullPool(options.hosts), failover.pool];

export const fetches: (typeof fetch)[] = pools.map((pool) => createFetch(pool));
export const sockets: (typeof WebSocket)[] = pools.map((pool) => createWebSocket(pool));
export const streams: (typeof EventSource)[] = pools.map((pool) => createEventSource(pool));
export const channels: Channel[] = pools.map((pool) => openChannel(pool, '/channel'));
