import { NAVIGATION_DEFAULTS } from '../../policy/defaults.ts';
import { DATABASE } from '../../site/names.ts';
import { inTime } from './time.ts';

/**
 * Reads and changes a record that outlives the worker. The store may be slow, full, blocked or broken: nothing fails with it.
 *
 * It is opened each time, since browsers close a connection at will, and one that is kept is in the way of whoever wants to delete what is
 * stored. A worker reads once in its life, and writes when hosts fail. (idb-keyval would be an eighth of the worker.)
 *
 * @param change Makes what is to be stored of what is stored, in one step. Default: nothing is stored.
 * @returns What is stored now; undefined where there is nothing, or where it takes too long. Never rejects.
 */
export const useRecord = (key: string, change?: (stored: unknown) => string): Promise<unknown> =>
  inTime(useStore(key, change), NAVIGATION_DEFAULTS.loadMs).catch(() => undefined);

function useStore(key: string, change?: (stored: unknown) => string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE.name);
    opening.onupgradeneeded = () => opening.result.createObjectStore(DATABASE.store);
    opening.onerror = reject;
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(DATABASE.store, change ? 'readwrite' : 'readonly');
      const store = transaction.objectStore(DATABASE.store);
      const reading = store.get(key);
      let record: unknown;
      reading.onsuccess = () => {
        record = change ? change(reading.result) : reading.result;
        if (change) store.put(record, key);
      };
      transaction.oncomplete = () => resolve(record);
      // Once what is under way is done.
      database.close();
    };
  });
}
