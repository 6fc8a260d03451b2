import { setTimeout as sleep } from 'node:timers/promises';
import { createFailover } from 'switchover';

const hosts = process.argv.slice(2); // ['https://a.example.com', 'https://b.example.com']: the first is preferred
const failover = createFailover({ hosts });
failover.on('failover', ({ from, to, cause }) => console.log(`failover: ${from} -> ${to} (${cause})`));

for (let turn = 1; turn <= 40; turn += 1) {
  const { server } = await failover.http.get('hello').json();
  console.log(`${turn}: answered by ${server}`);
  await sleep(50);
}
failover.close();
