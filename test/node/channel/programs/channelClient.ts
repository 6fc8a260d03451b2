/** A client process: numbers its messages on, says on its standard output what becomes of each and what it gets. Killed when it pleases. */
import { createFailover } from '../../../../src/index.node.ts';
import { fileStore } from '../../../../src/node/index.ts';

const [directory = '', first = '0', ...hosts] = process.argv.slice(2);
const failover = createFailover({ hosts });
const channel = failover.channel('/channel', { credential: () => 'ann', storage: fileStore(directory) });
const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);

channel.on('message', (data) => say({ got: data }));
channel.on('gap', (gap) => say({ gap }));
channel.on('resumed', ({ result }) => say({ resumed: result }));
channel.on('warning', ({ code, message, cause }) => say({ warning: code, message, cause: String(cause) }));
for (let n = Number(first); ; n++) {
  say({ sent: n });
  channel.send({ n }).then(
    () => say({ accepted: n }),
    (error) => say({ failed: n, code: error.code }),
  );
  await new Promise((resolve) => setTimeout(resolve, 2));
}
