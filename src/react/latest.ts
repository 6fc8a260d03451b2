import { useInsertionEffect, useRef } from 'react';

/** What a component was given at its last render that is shown, for what calls it later. */
export function useLatest<Value>(value: Value): { readonly current: Value } {
  const latest = useRef(value);
  // Before any other effect, so that all of them find the newest.
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
