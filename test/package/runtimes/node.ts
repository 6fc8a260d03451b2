/** What a runtime takes of the package, and of its part for Node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SwitchoverError } from 'switchover';
import { fileStore, nodeFetch } from 'switchover/node';

const directory = mkdtempSync(join(tmpdir(), 'switchover-file-store-'));
await fileStore(directory).set('key', 'kept');
const kept = await fileStore(directory).get('key');
rmSync(directory, { recursive: true });

function codeOf(make: () => unknown): unknown {
  try {
    make();
    return 'made';
  } catch (error) {
    return SwitchoverError.is(error) ? error.code : String(error);
  }
}

const entry = import.meta.resolve('switchover').split('/').at(-1);
console.log(JSON.stringify({ entry, fileStore: kept, nodeFetch: codeOf(nodeFetch) }));
