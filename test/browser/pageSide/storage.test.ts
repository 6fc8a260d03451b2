import { describe, expect, test } from 'vitest';
import { eachEngine, untilIn } from '../rig/vitest.ts';
import { useSite } from './setup.ts';

/** What the frame is started with. */
declare const HOSTS: readonly string[];

/** Adds one to a number so often. */
const count = async (times: number): Promise<void> => {
  const { idbStore } = window.side;
  const { update } = idbStore();
  await Promise.all(Array.from({ length: times }, () => update('n', (text) => String(Number(text ?? 0) + 1))));
};

eachEngine((browser) => {
  const site = useSite(browser);
  const { open } = site;

  describe('a store in IndexedDB', () => {
    test('counts to 200 by 200 increments from two tabs', async () => {
      const tabs = [await open(), await open()] as const;
      await Promise.all(tabs.map((tab) => tab.evaluate(count, 100)));
      expect(await tabs[0].evaluate(() => window.side.idbStore().get('n'))).toBe('200');
    });

    test('goes on after its connection was closed, and lets another tab delete its database', async () => {
      const [tab, other] = [await open(), await open()];
      const told = await tab.evaluate(async () => {
        const { idbStore, connections } = window.side;
        const store = idbStore();
        window.side.kept.store = store;
        await store.set('a', 'one');
        for (const connection of connections) connection.close();
        const read = await store.get('a');
        for (const connection of connections) connection.close();
        await store.update('a', (text) => `${text} and two`);
        return [read, await store.get('a'), connections.length];
      });
      expect(told).toEqual(['one', 'one and two', 3]);
      const deleted = await other.evaluate(
        () =>
          new Promise((resolve) => {
            const request = indexedDB.deleteDatabase('switchover');
            request.onsuccess = () => resolve('deleted');
            request.onblocked = () => setTimeout(() => resolve('blocked'), 2_000);
          }),
      );
      const after = await tab.evaluate(async () => {
        const { store } = window.side.kept;
        const gone = await store?.get('a');
        await store?.set('a', 'three');
        return [gone === undefined, await store?.get('a')];
      });
      expect([deleted, after]).toEqual(['deleted', [true, 'three']]);
    });

    test('says what is wrong where the database is another program’s', async () => {
      const tab = await open();
      const error = await tab.evaluate(async () => {
        await new Promise((resolve, reject) => {
          const request = indexedDB.open('foreign');
          request.onupgradeneeded = () => request.result.createObjectStore('other');
          request.onsuccess = resolve;
          request.onerror = reject;
        });
        const store = window.side.idbStore({ database: 'foreign' });
        return store.set('a', '1').then(String, ({ code, remedy }) => [code, remedy]);
      });
      expect(error).toEqual(['STORAGE_FAILED', expect.stringContaining('database of its own')]);
    });

    test('that is blocked is told of, and requests are sent all the same', async () => {
      const tab = await open();
      // A frame of no origin: no IndexedDB, no locks.
      const hosts = [`http://a.app.localhost:${site.port}`, `http://b.app.localhost:${site.port}`];
      await tab.evaluate((hosts) => {
        addEventListener('message', ({ data }) => window.side.log.push(data));
        const frame = document.createElement('iframe');
        frame.setAttribute('sandbox', 'allow-scripts');
        const run = async () => {
          const { createFailover, log } = window.side;
          const failover = createFailover({ hosts: HOSTS });
          failover.on('warning', ({ code }) => log.push(code));
          const { status } = await failover.fetch('/');
          parent.postMessage(JSON.stringify([status, [...new Set(log)]]), '*');
        };
        frame.srcdoc = `<script src="${location.origin}/page.js"></script><script>const HOSTS = ${JSON.stringify(hosts)}; (${run})()</script>`;
        document.body.append(frame);
      }, hosts);
      await untilIn(tab, () => window.side.log.length > 0, null, 'the frame says nothing');
      expect(await tab.evaluate(() => window.side.log)).toEqual(['[200,["STORAGE_FAILED"]]']);
    });
  });

  describe('an encrypted store', () => {
    const SECRET = 'the-secret-token';

    test('gives back what it was given, also after a reload, and what lies on the disk holds no plain text of it', async () => {
      const tab = await open();
      await tab.evaluate(async (secret) => {
        const { idbStore, encryptedStore } = window.side;
        const store = encryptedStore(idbStore());
        await store.set('switchover:x:session', secret);
        await store.set('long', secret.repeat(5_000));
        await store.set('switchover:x:health', 'hosts');
        await store.update?.('n', () => '1');
        await store.update?.('n', (text) => `${text}1 ${secret}`);
      }, SECRET);
      await tab.reload();
      const [read, raw, plain] = await tab.evaluate(async () => {
        const { idbStore, encryptedStore, dump } = window.side;
        const store = encryptedStore(idbStore());
        const names = ['switchover:x:session', 'long', 'n', 'nothing'];
        const values = await Promise.all(names.map((key) => store.get(key)));
        return [
          values.map((value) => value ?? null),
          await dump('switchover'),
          await idbStore().get('switchover:x:health'),
        ] as const;
      });
      expect(read).toEqual([SECRET, SECRET.repeat(5_000), `11 ${SECRET}`, null]);
      expect(raw).toContain('switchover-sealed1:');
      expect(raw).not.toContain(SECRET);
      expect(raw).not.toContain(btoa(SECRET));
      // The worker has to read it.
      expect(plain).toBe('hosts');
    });

    test('uses one key in all tabs, though two make it at the same moment, and gives it to nobody', async () => {
      const tabs = [await open(), await open()] as const;
      const write = (key: string) => {
        const { idbStore, encryptedStore } = window.side;
        return encryptedStore(idbStore()).set(key, `by ${key}`);
      };
      await Promise.all(tabs.map((tab, at) => tab.evaluate(write, `tab${at}`)));
      const told = await tabs[0].evaluate(async () => {
        const { idbStore, encryptedStore } = window.side;
        const store = encryptedStore(idbStore());
        const key = await new Promise<CryptoKey>((resolve) => {
          const opening = indexedDB.open('switchover-key');
          opening.onsuccess = () => {
            const reading = opening.result.transaction('keyval').objectStore('keyval').get('key');
            reading.onsuccess = () => resolve(reading.result);
          };
        });
        const exported = await crypto.subtle.exportKey('raw', key).catch(({ name: why }) => why);
        return [await store.get('tab0'), await store.get('tab1'), key.extractable, exported];
      });
      expect(told).toEqual(['by tab0', 'by tab1', false, 'InvalidAccessError']);
    });

    browser.testOnce(
      'takes in what was stored in the clear, and takes no value of another place, and none that was changed',
      async () => {
        const tab = await open();
        const told = await tab.evaluate(async () => {
          const { idbStore, encryptedStore } = window.side;
          const raw = idbStore();
          const [store, strict] = [encryptedStore(raw), encryptedStore(raw, { clear: 'refuse' })];
          await raw.set('old', 'in the clear');
          const refused = await strict.get('old');
          const migrated = await store.get('old');
          const sealed = (await raw.get('old')) ?? '';
          await raw.set('moved', sealed);
          await raw.set(
            'changed',
            `${sealed.slice(0, -6)}${sealed.slice(-6, -4) === 'AA' ? 'BB' : 'AA'}${sealed.slice(-4)}`,
          );
          return {
            refused,
            migrated,
            sealed: sealed.slice(0, 19),
            strict: await strict.get('old'),
            moved: await store.get('moved'),
            changed: await store.get('changed'),
          };
        });
        expect(told).toEqual({
          refused: '',
          migrated: 'in the clear',
          sealed: 'switchover-sealed1:',
          strict: 'in the clear',
          moved: '',
          changed: '',
        });
      },
    );

    test('counts by increments from two tabs, too', async () => {
      const tabs = [await open(), await open()] as const;
      const increment = async (times: number) => {
        const { idbStore, encryptedStore } = window.side;
        const store = encryptedStore(idbStore());
        for (let n = 0; n < times; n++) await store.update?.('n', (text) => String(Number(text ?? 0) + 1));
      };
      await Promise.all(tabs.map((tab) => tab.evaluate(increment, 20)));
      const read = () => {
        const { idbStore, encryptedStore } = window.side;
        return encryptedStore(idbStore()).get('n');
      };
      expect(await tabs[0].evaluate(read)).toBe('40');
    });

    browser.testOnce('is refused where there is no WebCrypto', async () => {
      const tab = await open();
      const code = await tab.evaluate(() => {
        Object.defineProperty(window, 'crypto', { value: {} });
        try {
          window.side.encryptedStore(window.side.memoryStore());
          return 'made';
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
      expect(code).toBe('CRYPTO_MISSING');
    });
  });
});
