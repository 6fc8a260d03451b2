import { createLease } from '../../../../../src/server/lease.ts';
import { sqliteSessionStore } from '../../../../../src/server/stores/sqlite/sqliteSessionStore.ts';

/**
 * Takes part in an election over the store of a file; answers each message of its parent with what it believes at that moment, and
 * tells of its lease's events. A wall clock that jumps is part of its life.
 *
 * Arguments: the file, the holder's name, the lease's time in milliseconds.
 */
const [path = '', holder = '', ttlMs = ''] = process.argv.slice(2);

let jumps = 0;
const startMs = Date.now();
Date.now = () => startMs + ++jumps * (jumps % 2 === 0 ? 1e9 : -1e9);

const store = sqliteSessionStore({ path });
const lease = createLease({ store, name: 'job', holder, ttlMs: Number(ttlMs) });
const tell = (event: string, epoch: number | null) => process.send?.({ event, epoch });
lease.on('active', ({ epoch }) => tell('active', epoch));
lease.on('lost', ({ epoch }) => tell('lost', epoch));
lease.on('standby', (current) => tell(`standby ${current?.holder}`, null));

process.on('message', () => tell(lease.isActive ? 'I am active' : 'I stand by', lease.epoch));
process.on('disconnect', () => process.exit());
