import { describe, expectTypeOf, test } from 'vitest';
import type * as browser from '../../src/index.browser.ts';
import type * as fallback from '../../src/index.default.ts';
import type * as small from '../../src/index.fetch.ts';
import type * as node from '../../src/index.node.ts';
import type * as reactNative from '../../src/index.reactNative.ts';

describe('the entries', () => {
  test('of all platforms have one type, so that shared code compiles for each', () => {
    expectTypeOf<typeof browser>().toEqualTypeOf<typeof node>();
    expectTypeOf<typeof fallback>().toEqualTypeOf<typeof node>();
    expectTypeOf<typeof reactNative>().toEqualTypeOf<typeof node>();
  });

  test('share their error class', () => {
    expectTypeOf<typeof small.SwitchoverError>().toEqualTypeOf<typeof node.SwitchoverError>();
  });
});
