/** Compiled with the library of worker types, as a worker's code is (tsconfig.worker.json). */
import type { SerwistPlugin, NetworkOnly as SerwistStrategy } from 'serwist';
import { expectTypeOf, test } from 'vitest';
import type { WorkboxPlugin } from 'workbox-core/types.js';
import type { NetworkOnly as WorkboxStrategy } from 'workbox-strategies';
import { handleNavigation, type interpose, workboxPlugin } from '../../../src/serviceWorker/index.ts';

const options = { hosts: ['https://www.example.com', 'https://backup.example.com'] };

test('the plug-in fits the strategies of Workbox and of Serwist', () => {
  expectTypeOf<FetchEvent>().not.toBeAny();
  expectTypeOf(workboxPlugin).returns.toExtend<WorkboxPlugin>();
  expectTypeOf(workboxPlugin).returns.toExtend<SerwistPlugin>();
  expectTypeOf({ plugins: [workboxPlugin(options)] }).toExtend<ConstructorParameters<typeof WorkboxStrategy>[0]>();
  expectTypeOf({ plugins: [workboxPlugin(options)] }).toExtend<ConstructorParameters<typeof SerwistStrategy>[0]>();
});

test('every callback of the plug-in is one that both libraries know', () => {
  type Callbacks = keyof ReturnType<typeof workboxPlugin>;
  expectTypeOf<Callbacks>().toExtend<keyof WorkboxPlugin>();
  expectTypeOf<Callbacks>().toExtend<keyof SerwistPlugin>();
});

test('the parts for a worker of one’s own take the same options', () => {
  expectTypeOf(handleNavigation).parameters.toEqualTypeOf<Parameters<typeof interpose>>();
  expectTypeOf(workboxPlugin).parameters.toEqualTypeOf<Parameters<typeof interpose>>();
});
