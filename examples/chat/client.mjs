import { createInterface } from 'node:readline';
import { createFailover } from 'switchover';
import { fileStore } from 'switchover/node';

const [name = 'guest', ...hosts] = process.argv.slice(2);

// In a file, what was typed and is not accepted yet survives this process, too.
const failover = createFailover({ hosts, storage: fileStore(`.chat-${name}`) });
const chat = failover.channel('/channel', { credential: () => name });

chat.on('message', (message) => {
  const { from, text, server } = /** @type {{ from: string, text: string, server: string }} */ (message);
  console.log(`${from}: ${text} (by ${server})`);
});
chat.on('state', ({ kind, host }) => console.log(`* ${kind}${host === null ? '' : ` at ${host}`}`));
chat.on('gap', ({ range }) => console.log(`* lost: ${range === null ? 'nobody knows what' : range.join(' to ')}`));

for await (const text of createInterface({ input: process.stdin })) {
  chat.send({ text }).catch((error) => console.log(`* not sent: ${text} (${error.message})`));
}
await chat.close();
failover.close();
