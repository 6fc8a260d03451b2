import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';

/** Something outside of React that components read. Its methods need no `this`. */
export interface Store<Value> {
  /** Calls `tell` when there may be another value; the returned function ends it. */
  readonly subscribe: (tell: () => void) => () => void;
  /** The value now: the same reference until it changes. */
  readonly get: () => Value;
  /** The value on a server, and in a page while it takes over what a server has rendered. */
  readonly initial: () => Value;
}

/** Whether a component that shows the one need not render again for the other. */
export type Equality<Value> = (shown: Value, next: Value) => boolean;

/**
 * Reads a store, and renders the component again when what was selected has changed. All components of one render see the same
 * value, in a transition, too.
 *
 * @param select May be a new function at each render. Pure.
 */
export function useStore<Value, Selected>(
  { subscribe, get, initial }: Store<Value>,
  select: (value: Value) => Selected,
  isEqual: Equality<Selected> = Object.is,
): Selected {
  const shown = useRef<Shown<Selected>>(null);
  const [now, first] = useMemo(() => {
    const through = (read: () => Value) => selecting(read, select, isEqual, () => shown.current);
    return [through(get), through(initial)];
  }, [get, initial, select, isEqual]);
  const value = useSyncExternalStore(subscribe, now, first);
  useEffect(() => {
    shown.current = { value };
  }, [value]);
  return value;
}

/** What a component has rendered; null before its first time. */
type Shown<Selected> = { readonly value: Selected } | null;

/** Reads through a selector, which is asked once for each value; what is equal to the last selection stays that. */
function selecting<Value, Selected>(
  read: () => Value,
  select: (value: Value) => Selected,
  isEqual: Equality<Selected>,
  shown: () => Shown<Selected>,
): () => Selected {
  let last: { readonly from: Value; readonly value: Selected } | null = null;
  return () => {
    const from = read();
    if (last !== null && Object.is(last.from, from)) return last.value;
    const next = select(from);
    const before = last ?? shown();
    last = { from, value: before !== null && isEqual(before.value, next) ? before.value : next };
    return last.value;
  };
}
