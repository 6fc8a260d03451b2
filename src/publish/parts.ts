import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OfflineKit } from '../serviceWorker/offlinePage/kit.ts';
import type { NavigationMode } from '../site/config.ts';

/** What this package brings along for a site. */
export interface SiteParts {
  readonly version: string;
  /** The worker for each mode, without its config. */
  readonly workers: Readonly<Record<NavigationMode, string>>;
  /** What stands before another worker, without its config. */
  readonly interposer: string;
  /** The worker that takes any worker away. */
  readonly killSwitch: string;
  /** What offline pages are put together from. */
  readonly kit: OfflineKit;
}

/**
 * Reads them from this package, by its own name: so they are found from its sources, from the built ESM and from CommonJS.
 *
 * @throws Error Where the package was not built.
 */
export function readParts(): SiteParts {
  const require = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);
  const manifest = require.resolve('switchover/package.json');
  const text = (...path: string[]): string => readFileSync(join(dirname(manifest), ...path), 'utf8');
  const { version }: { version: string } = JSON.parse(text('package.json'));
  const kit: Omit<OfflineKit, 'sha256'> = JSON.parse(text('dist', 'offline-page.json'));
  return {
    version,
    workers: {
      'offline-page': text('dist', 'sw.js'),
      redirect: text('dist', 'sw-redirect.js'),
      transparent: text('dist', 'sw-transparent.js'),
    },
    interposer: text('dist', 'interpose.js'),
    killSwitch: text('dist', 'kill-sw.js'),
    kit: { ...kit, sha256: (script) => createHash('sha256').update(script).digest('base64') },
  };
}
