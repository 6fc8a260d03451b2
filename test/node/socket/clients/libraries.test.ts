import { describe, expect, test } from 'vitest';
import { createFailover } from '../../../../src/index.node.ts';
import type { HostList } from '../../../../src/policy/hostList.ts';
import type { Server } from '../../../rig/cluster.ts';
import { useRig } from '../../../rig/vitest.ts';
import { until } from '../../../rig/wait.ts';
import { type Broker, isInstalled, startMosquitto, startNats } from './broker.ts';
import { DRAIN } from './programs/serveSockets.ts';
import { LIBRARIES, mqttTalk, natsTalk } from './talks.ts';

const LIMIT_MS = 30_000;

const rig = useRig();

/** One link at a time: these clients come back by themselves, since each must greet the next server in its own protocol. */
function over(hosts: HostList) {
  // A server that is back is found out soon, and not returned to unasked.
  const failover = createFailover({ hosts, ejection: { coolDownMs: 100 }, probe: { periodMs: 50 } });
  rig.owns({ [Symbol.asyncDispose]: async () => failover.close() });
  const isBack = (origin: string) =>
    until(
      () => failover.status.hosts.some((host) => host.origin === origin && /^(up|holding)$/.test(host.state)),
      LIMIT_MS,
      () => `${origin} is not taken for well: ${JSON.stringify(failover.status.hosts)}`,
    );
  return { failover, isBack, WebSocket: failover.WebSocket.with({ reconnect: false }) };
}

/** How much a server has done, in all its lives. */
const workOf = (server: Server) => [...server.processed().values()].reduce((sum, times) => sum + times, 0);

describe.each(LIBRARIES)('$name over a WebSocket that fails over', ({ program, returnsAfterDrain, open }) => {
  test('carries on at the other server when its own is killed, and when that drains', async () => {
    const a = await rig.server({ name: 'a', program });
    const b = await rig.server({ name: 'b', program });
    const { WebSocket, isBack } = over([a.url, b.url]);
    // The client is told of one server only.
    const talk = await open(WebSocket, a.url.replace('http', 'ws'));
    rig.owns({ [Symbol.asyncDispose]: async () => void talk.close() });
    let asked = 0;
    const answeredBy = (server: string) =>
      until(
        async () => (await talk.ask(String(++asked))) === server,
        LIMIT_MS,
        () => `${server} does not answer`,
      );
    for (let count = 0; count < 3; count++) await answeredBy('a');
    expect(b.counts().connections).toBe(0);
    await a.kill();
    for (let count = 0; count < 3; count++) await answeredBy('b');
    expect(b.processed().size).toBeGreaterThan(0);
    if (!returnsAfterDrain) return;
    await a.restart();
    await isBack(a.url);
    const before = workOf(a);
    await b.ask(DRAIN);
    for (let count = 0; count < 3; count++) await answeredBy('a');
    expect(workOf(a)).toBeGreaterThan(before);
    // No herd of one: a handful of connections at each server, whatever the client's own pace.
    expect(a.counts().connections + b.counts().connections).toBeLessThanOrEqual(6);
  });
});

describe.each<[string, string, (name: string) => Promise<Broker>, typeof mqttTalk]>([
  ['MQTT.js', 'mosquitto', startMosquitto, mqttTalk],
  ['nats', 'nats-server', startNats, natsTalk],
])('%s with %s over a WebSocket that fails over', (_, file, start, open) => {
  test.skipIf(!isInstalled(file))(
    'carries on at the other broker when its own is killed, and when that ends as planned',
    async () => {
      const a = rig.owns(await start('a'));
      const b = rig.owns(await start('b'));
      const { WebSocket, isBack } = over([a.spec, b.spec]);
      const talk = await open(WebSocket, a.url);
      rig.owns({ [Symbol.asyncDispose]: async () => void talk.close() });
      let asked = 0;
      const answers = async () => {
        for (let count = 0; count < 3; count++) {
          await until(
            async () => (await talk.ask(String(++asked))) === String(asked),
            LIMIT_MS,
            () => 'no broker answers',
          );
        }
      };
      await answers();
      expect([a.connections(), b.connections()]).toEqual([1, 0]);
      await a.kill();
      await answers();
      expect(b.connections()).toBeGreaterThanOrEqual(1);
      await a.start();
      await isBack(String(a.spec.url));
      const before = a.connections();
      await b.end();
      await answers();
      expect(a.connections()).toBeGreaterThan(before);
    },
  );
});
