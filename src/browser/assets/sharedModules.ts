import type { FindPlace } from './options.ts';

/**
 * Sees to it that a module from another origin shares with the page what it imports and the page has loaded: by an import map that says of
 * each such URL at that origin that it means the one at the old. False if that can't be had.
 *
 * @param url The module that is to come from elsewhere.
 */
export function keepsShared(url: string, origin: string, find: FindPlace): boolean {
  const old = find(url)?.origin;
  const pairs = loadedModules().flatMap((loaded): [string, string][] => {
    const place = loaded === url ? null : find(loaded);
    const copy = place?.origin === old ? place?.others.find((each) => each.origin === origin) : undefined;
    return copy === undefined ? [] : [[copy.url, loaded]];
  });
  const unmapped = pairs.filter(isUnmapped);
  if (unmapped.length > 0) addImportMap(Object.fromEntries(unmapped));
  return !unmapped.some(isUnmapped);
}

const isUnmapped = ([copy, loaded]: readonly [string, string]): boolean => import.meta.resolve?.(copy) !== loaded;

/** What may be a module of this page. An answer without a status is one that did not come. */
function loadedModules(): readonly string[] {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const came = entries.filter(({ name, responseStatus }) => responseStatus !== 0 && /\.m?js(?:[?#]|$)/.test(name));
  const roots = document.querySelectorAll<HTMLScriptElement>('script[type=module][src]');
  return [...new Set([...came.map(({ name }) => name), ...[...roots].map(({ src }) => src)])];
}

function addImportMap(imports: Readonly<Record<string, string>>): void {
  const script = document.createElement('script');
  script.type = 'importmap';
  // Under a policy with nonces, any script of the page has the one that holds.
  script.nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
  script.textContent = JSON.stringify({ imports });
  document.head.append(script);
  script.remove();
}
