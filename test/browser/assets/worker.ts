import { handleAssets } from '../../../src/serviceWorker/handleAssets.ts';
import type { SiteOptions } from '../../../src/site/options.ts';

declare const OPTIONS: SiteOptions;

handleAssets(OPTIONS);

const worker = globalThis as unknown as {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: { waitUntil(work: Promise<void>): void }) => void): void;
};
worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
