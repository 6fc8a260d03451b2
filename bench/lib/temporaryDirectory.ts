import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from '../../test/rig/guard.ts';

/** A directory that is gone with its owner, or with this process, however that ends. */
export function temporaryDirectory(): AsyncDisposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'switchover-bench-'));
  const release = guard({ kind: 'directory', path });
  return {
    path,
    async [Symbol.asyncDispose]() {
      rmSync(path, { recursive: true, force: true });
      release();
    },
  };
}
