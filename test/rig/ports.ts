import { createServer } from 'node:net';

/**
 * Below every system's range of ephemeral ports. A port inside that range may, while its server is down, be taken by
 * any outgoing connection; worse, a connect to it may be given itself as its source port and meet itself.
 */
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_000;
const TRIES = 100;

/** A port that is free on `host` now and that only a listener would take. */
export async function freePort(host: string): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
    if (await isFree(host, port)) return port;
  }
  throw new Error(`No free port on ${host} in ${TRIES} tries`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
