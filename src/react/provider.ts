import { createElement, type ReactElement, type ReactNode, useInsertionEffect, useState } from 'react';
import type { Failover, FailoverOptions } from '../createFailover.ts';
import { oneOfBoth } from './errors.ts';
import { HubContext, hubOf } from './hub.ts';
import { OwnFailover } from './ownFailover.ts';

/** Properties of {@link FailoverProvider}: one of `failover` and `options`. */
export interface FailoverProviderProps {
  /** A failover that the app has made. It stays the app's: the provider never closes it. */
  readonly failover?: Failover | undefined;
  /**
   * Options of `createFailover`, to make one that lives as long as the provider: made once, when the provider is mounted, and closed
   * when it is taken away. On a server nothing is made. Read at the first render alone: give another `key` to begin anew.
   */
  readonly options?: FailoverOptions | undefined;
  /** The components that use it. */
  readonly children?: ReactNode;
}

/**
 * Gives a failover to all components below it.
 *
 * @throws SwitchoverError in the render: `INVALID_OPTION` for both of `failover` and `options`, or none; what `createFailover` throws
 * for `hosts`. What it throws for other options comes when the provider is mounted.
 */
export function FailoverProvider({ failover, options, children }: FailoverProviderProps): ReactElement {
  if ((failover === undefined) === (options === undefined)) throw oneOfBoth();
  if (options !== undefined) return createElement(OwnProvider, { options }, children);
  return createElement(HubContext.Provider, { value: failover === undefined ? null : hubOf(failover) }, children);
}

function OwnProvider({ options, children }: { readonly options: FailoverOptions; readonly children?: ReactNode }) {
  const [own] = useState(() => new OwnFailover(options));
  // Before the effects of the components below, which find it made; and not undone while a part of the page is only hidden.
  useInsertionEffect(() => own.hold(), [own]);
  return createElement(HubContext.Provider, { value: hubOf(own) }, children);
}
