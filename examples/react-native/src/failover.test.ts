import { createFailover, SwitchoverError } from 'switchover';
import { asyncStorageStore, mmkvStore, reactNative } from 'switchover/react-native';

const HOSTS = ['https://a.example.com', 'https://b.example.com'];

/** An answer of the stub that stands in for the network. */
const answer = (status: number, body: string): Response =>
  new Response(body, { status, headers: { 'Content-Type': 'application/json' } });

test('an app can be tested without a network: a request goes on at the host that answers', async () => {
  const asked: string[] = [];
  const fetch = jest.fn(async (input: string | URL | Request) => {
    asked.push(new URL(String(input)).host);
    return asked.length === 1 ? answer(503, '{}') : answer(200, '{"name":"ann"}');
  });
  const failover = createFailover({ hosts: HOSTS, ...reactNative(), fetch });
  await expect(failover.http.get('api/me').json()).resolves.toEqual({ name: 'ann' });
  expect(asked).toEqual(['a.example.com', 'b.example.com']);
  failover.close();
});

test('what is no part of an app is refused at once', () => {
  expect(() => asyncStorageStore({} as never)).toThrow(SwitchoverError);
  expect(() => mmkvStore({} as never)).toThrow(SwitchoverError);
});
