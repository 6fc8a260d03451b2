import { describe, expectTypeOf, test } from 'vitest';
import type * as browser from '../../src/index.browser.ts';
import type * as fallback from '../../src/index.default.ts';
import type * as denoBun from '../../src/index.denoBun.ts';
import type * as small from '../../src/index.fetch.ts';
import type * as smallWorkerd from '../../src/index.fetchWorkerd.ts';
import type * as node from '../../src/index.node.ts';
import type * as parts from '../../src/index.parts.ts';
import type * as partsWorkerd from '../../src/index.partsWorkerd.ts';
import type * as reactNative from '../../src/index.reactNative.ts';
import type * as workerd from '../../src/index.workerd.ts';

describe('the entries', () => {
  test('of all platforms have one type, so that shared code compiles for each', () => {
    expectTypeOf<typeof browser>().toEqualTypeOf<typeof node>();
    expectTypeOf<typeof fallback>().toEqualTypeOf<typeof node>();
    expectTypeOf<typeof reactNative>().toEqualTypeOf<typeof node>();
    expectTypeOf<typeof denoBun>().toEqualTypeOf<typeof node>();
    expectTypeOf<typeof workerd>().toEqualTypeOf<typeof node>();
    expectTypeOf<typeof smallWorkerd>().toEqualTypeOf<typeof small>();
    expectTypeOf<typeof partsWorkerd>().toEqualTypeOf<typeof parts>();
  });

  test('share their error class', () => {
    expectTypeOf<typeof small.SwitchoverError>().toEqualTypeOf<typeof node.SwitchoverError>();
  });
});
