/** One life of a client process: sends a request within its stored session, prints what it saw, and is gone. */
import { createFailover } from '../../../../src/index.node.ts';
import { fileStore } from '../../../../src/node/index.ts';
import { session } from '../appSession.ts';

const [directory = '', ...hosts] = process.argv.slice(2);
const events: string[] = [];
const failover = createFailover({ hosts, name: 'demo', storage: fileStore(directory), session });
failover.on('session', ({ kind }) => events.push(kind));
failover.on('session:lost', () => events.push('lost'));
failover.on('warning', ({ code }) => events.push(code));
const answer = await failover.http.get('work').json();
process.stdout.write(JSON.stringify({ answer, events }));
failover.close();
