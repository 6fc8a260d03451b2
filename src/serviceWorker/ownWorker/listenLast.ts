import type { FetchEvent, WorkerScope } from '../events.ts';

/**
 * Has `listener` hear of the fetch events that nobody has answered: it stays behind all other listeners, also behind those that are added
 * later, and behind `onfetch`. Some workers add theirs only after the scripts that they import.
 */
export function listenLast(scope: WorkerScope, listener: (event: FetchEvent) => void): void {
  const add = scope.addEventListener.bind(scope) as (...of: unknown[]) => void;
  const goBehind = (): void => {
    scope.removeEventListener('fetch', listener);
    add('fetch', listener);
  };
  scope.addEventListener = (type: string, ...rest: unknown[]): void => {
    add(type, ...rest);
    if (type === 'fetch') goBehind();
  };
  const onfetch = propertyOf(scope, 'onfetch');
  if (onfetch?.set !== undefined) {
    const { set } = onfetch;
    Object.defineProperty(scope, 'onfetch', {
      ...onfetch,
      set(value: unknown) {
        set.call(scope, value);
        goBehind();
      },
    });
  }
  goBehind();
}

/** Engines have it on the scope itself, or further up. */
function propertyOf(object: object | null, name: string): PropertyDescriptor | undefined {
  if (object === null) return undefined;
  return Object.getOwnPropertyDescriptor(object, name) ?? propertyOf(Object.getPrototypeOf(object), name);
}
