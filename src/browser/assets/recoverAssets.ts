import { earlyFailures } from './earlyFailures.ts';
import { type AssetSources, readSources } from './options.ts';
import { type AssetReport, Recovery } from './recovery.ts';

/** Options of {@link recoverAssets}. */
export interface RecoverAssetsOptions extends AssetSources {
  /** Called for each file that was loaded from another origin than the page had asked. Default: nobody is told. */
  readonly onRecovered?: (asset: AssetReport) => void;
  /** Called for each file that no origin of its group has given. Default: nobody is told. */
  readonly onLost?: (asset: AssetReport) => void;
}

const LOADED = ['load', 'loadedmetadata'];

/**
 * Has images, style sheets, scripts, modules, and audio and video load from another origin of their group when they fail to load, without a
 * service worker. Each element asks each origin once at most. An `error` event reaches the page when the last origin has failed, and not
 * before; so loaders that insert scripts or style sheets, such as webpack's, do not notice what has been recovered.
 *
 * Integrity, `crossorigin`, nonces, `media` and the place in the document are kept. Not kept is the order of a classic script that
 * neither is `async` nor has `defer`: what follows it in the document does not wait. A browser tells of refused connections and bad
 * statuses; a server that hangs is for the browser to give up. Fonts, images in style sheets, workers and what `import()` loads have no
 * element: the service worker covers them, and {@link createChunkLoader} the last.
 *
 * What failed before this is called is recovered, too: images and players always; style sheets and scripts where the page
 * begins with {@link EARLY_SNIPPET}.
 *
 * @returns Ends it. What is under way comes to its end, unheard.
 * @throws SwitchoverError `INVALID_OPTION` (also where neither `groups` nor `pool` is given), `INVALID_HOST`, `INSECURE_HOST` or
 * `DUPLICATE_HOST`.
 */
export function recoverAssets(options: RecoverAssetsOptions): () => void {
  const find = readSources(options, ['onRecovered', 'onLost']);
  const recovery = new Recovery(find, options);
  const ended = new AbortController();
  const { signal } = ended;
  addEventListener('error', (event) => recovery.onError(event), { capture: true, signal });
  // An element's `load` never gets to the window.
  for (const type of LOADED)
    document.addEventListener(type, (event) => recovery.onLoad(event), { capture: true, signal });
  void earlyFailures().then((elements) => {
    for (const element of elements) if (!signal.aborted && !recovery.knows(element)) recovery.recover(element);
  });
  return () => ended.abort();
}
