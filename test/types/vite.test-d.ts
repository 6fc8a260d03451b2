import type { PluginOption } from 'vite';
import { describe, expectTypeOf, test } from 'vitest';
import type { SwitchoverPlugin, switchover } from '../../src/publish/vite.ts';

describe('the Vite plug-in', () => {
  test('is one by the types of the Vite that is installed', () => {
    expectTypeOf<SwitchoverPlugin>().toExtend<PluginOption>();
    expectTypeOf<ReturnType<typeof switchover>>().toExtend<PluginOption>();
  });

  test('knows its options', () => {
    expectTypeOf<Parameters<typeof switchover>[0]['mode']>().toEqualTypeOf<
      'offline-page' | 'redirect' | 'transparent' | undefined
    >();
  });
});
