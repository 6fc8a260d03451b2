import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../rig/wait.ts';
import { type ChatServers, chatServers } from './rig/chatServers.ts';
import { type App, type Phone, phone } from './rig/phone.ts';
import { bundles } from './rig/phoneProject.ts';

let bundle = '';
beforeAll(async () => {
  bundle = (await bundles()).phone;
});

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function begin(options: object = {}): Promise<{ servers: ChatServers; device: Phone; app: App; token: string }> {
  const servers = await chatServers();
  ended.push(() => servers.close());
  const device = phone(bundle);
  const app = device.start(servers.hosts, options);
  ended.push(() => app.end());
  const { token } = await app.http<{ token: string }>('api/me');
  return { servers, device, app, token };
}

const heardAll = (app: App, lines: readonly string[]) =>
  until(
    () => app.heard.length >= lines.length,
    20_000,
    () => `heard ${app.heard.join(', ')} of ${lines.join(', ')}; ${app.events.join(', ')}`,
  );

describe('on a phone, with hosts that are killed', () => {
  test('requests and a conversation go on at the other host, and the session outlives the app', async () => {
    const { servers, device, app, token } = await begin();
    app.enter(() => token);
    await app.say('one');
    servers.signal(0, 'SIGKILL');
    expect(await app.http<{ name: string }>('api/me', { searchParams: { of: 'ann' } })).toMatchObject({ name: 'ann' });
    await app.say('two');
    await heardAll(app, ['one', 'two']);
    // By what broke first: the connection that stood, or a request.
    expect(app.events).toContainEqual(expect.stringMatching(/^failover 01 /));
    expect(app.events).toContain('resumed');
    expect(app.events).not.toContain('gap');
    await app.end();

    // Both tokens are with the secrets, the conversation is in the storage.
    expect(Object.keys(device.keys).sort()).toEqual(['switchover:quay:session', 'switchover:token:room']);
    expect(Object.keys(device.disk).sort()).toEqual(['switchover:channel:room', 'switchover:quay:health']);
    const [, resumeToken = ''] = device.keys['switchover:token:room']?.split(' ') ?? [];
    expect(resumeToken).not.toBe('');
    for (const secret of [token, resumeToken]) expect(Object.values(device.disk).join()).not.toContain(secret);
    const again = device.start(servers.hosts);
    ended.push(() => again.end());
    expect(await again.http<{ token: string }>('api/me')).toMatchObject({ token });
    again.enter(() => token);
    await again.say('three');
    await heardAll(again, ['three']);
    expect(again.heard).toEqual(['three']);
    expect(again.events).toContain('resumed');
  });

  test('a host that hangs is left in time, by requests and by a connection that the app finds on coming back', async () => {
    const { servers, device, app, token } = await begin({ timeout: { attemptMs: 700 } });
    app.enter(() => token);
    await app.say('one');
    servers.signal(0, 'SIGSTOP');
    device.device.appState('background');
    device.device.appState('active');
    expect(await app.http<{ name: string }>('api/me')).toMatchObject({ name: 'ann' });
    // Its connection was freed, which Android itself would have kept for ever.
    expect(device.device.aborted.some((url) => url.startsWith(servers.hosts[0]))).toBe(true);
    await app.say('two');
    await heardAll(app, ['one', 'two']);
    expect(app.heard).toEqual(['one', 'two']);
    servers.signal(0, 'SIGCONT');
  });
});
