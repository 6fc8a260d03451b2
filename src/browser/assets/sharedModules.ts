import type { FindPlace } from './options.ts';

/** What knows a page's import maps. */
interface Resolver {
  resolve?(specifier: string): string;
}

/**
 * Sees to it that a module from another origin shares with the page what it imports and the page has loaded: by an import map that says of
 * each such URL at that origin that it means the one at the old. False if that can't be had.
 *
 * @param url The module that is to come from elsewhere.
 */
export function keepsShared(url: string, origin: string, find: FindPlace, importer: Resolver): boolean {
  const old = find(url)?.origin;
  const pairs = loadedModules().flatMap((loaded): [string, string][] => {
    const place = loaded === url ? null : find(loaded);
    const copy = place?.origin === old ? place?.others.find((each) => each.origin === origin) : undefined;
    return copy === undefined ? [] : [[copy.url, loaded]];
  });
  // What has been resolved once, be it by a question, means the same for ever: it is mapped first.
  const mapped = mappedAlready();
  const unmapped = pairs.filter(([copy]) => !mapped.has(copy));
  if (unmapped.length > 0) addImportMap(Object.fromEntries(unmapped));
  return pairs.every(([copy, loaded]) => importer.resolve?.(copy) === loaded);
}

/** What the page's import maps speak of, its own and those that were added here. */
function mappedAlready(): ReadonlySet<string> {
  const maps = document.querySelectorAll('script[type=importmap]');
  return new Set([...maps].flatMap(({ textContent }) => Object.keys(importsOf(textContent ?? ''))));
}

function importsOf(text: string): object {
  try {
    return (JSON.parse(text) as { readonly imports?: object } | null)?.imports ?? {};
  } catch {
    // The browser has refused it, too.
    return {};
  }
}

/** What may be a module of this page. An answer without a status is one that did not come. */
function loadedModules(): readonly string[] {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const came = entries.filter(({ name, responseStatus }) => responseStatus !== 0 && /\.m?js(?:[?#]|$)/.test(name));
  const urls = new Set(came.map(({ name }) => name));
  for (const { type, src } of document.scripts) {
    if (type === 'module' && src) urls.add(src);
    // Nothing imports a classic script.
    else urls.delete(src);
  }
  return [...urls];
}

function addImportMap(imports: Readonly<Record<string, string>>): void {
  const script = document.createElement('script');
  script.type = 'importmap';
  // Under a policy with nonces, any script of the page has the one that holds.
  script.nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
  script.textContent = JSON.stringify({ imports });
  document.head.append(script);
}
