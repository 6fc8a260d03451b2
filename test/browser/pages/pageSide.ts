/** The page side, as an app has it, for tests to call: `window.side`. */
import * as browser from '../../../src/browser/index.ts';
import { createFailover, type Failover, memoryStore } from '../../../src/index.browser.ts';

const side = {
  ...browser,
  createFailover,
  memoryStore,
  /** Where a test keeps what it needs again. */
  kept: {} as { failover?: Failover; worker?: browser.RegisteredWorker; store?: browser.KeyValueStore },
  /** What was told. */
  log: [] as string[],
  /** Errors that nobody caught. */
  uncaught: [] as string[],
  /** Connections to databases that this page has opened. */
  connections: [] as IDBDatabase[],
  /** All that a database holds, as text. */
  dump,
};

declare global {
  interface Window {
    readonly side: typeof side;
  }
}

/** For those who wait for what does not come. */
const say = () => JSON.stringify([side.kept.failover?.status, side.log, side.uncaught]);

Object.assign(window, { side, tools: { say } });
addEventListener('error', ({ message }) => side.uncaught.push(message));
addEventListener('unhandledrejection', ({ reason }) => side.uncaught.push(String(reason)));

const { open } = IDBFactory.prototype;
IDBFactory.prototype.open = function (...args) {
  const request = open.apply(this, args);
  request.addEventListener('success', () => side.connections.push(request.result));
  return request;
};

function dump(database: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction('keyval').objectStore('keyval').openCursor();
      const found: [IDBValidKey, unknown][] = [];
      reading.onsuccess = () => {
        const cursor = reading.result;
        if (cursor === null) {
          opening.result.close();
          resolve(JSON.stringify(found));
          return;
        }
        found.push([cursor.key, cursor.value]);
        cursor.continue();
      };
    };
  });
}
