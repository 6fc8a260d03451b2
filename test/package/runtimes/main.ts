/** The client of Node, Deno and Bun. It ends by itself when nothing is left open. */
import process from 'node:process';
import { scenario } from './scenario.ts';

const [control = '', ...hosts] = process.argv.slice(2);
void scenario(hosts, async (what) => (await fetch(`${control}/${what}`)).text()).then((seen) => {
  console.log(JSON.stringify(seen));
});
