import { changeUrls } from './srcset.ts';

/** An element that shows or runs a file, and how it is brought to load that from elsewhere. */
export interface AssetElement {
  /** What it could not load: absolute, or empty. */
  readonly url: string;
  /**
   * Has it load a URL in place of the one that failed. What runs once only, a script or a media source, is done by a new element, which
   * is returned.
   *
   * @param change What becomes of each URL of the element.
   */
  move(url: string, change: (url: string) => string): Element | null;
}

/** Null for elements that fail in other ways, or do not say so: fonts and background images have none, frames have no error. */
export function assetElement(element: Element): AssetElement | null {
  if (element instanceof HTMLImageElement) return imageAsset(element);
  if (element instanceof HTMLLinkElement) return element.relList.contains('stylesheet') ? styleAsset(element) : null;
  if (element instanceof HTMLScriptElement) return { url: element.src, move: (url) => replaceScript(element, url) };
  if (element instanceof HTMLMediaElement) return mediaAsset(element);
  if (element instanceof HTMLSourceElement) return sourceAsset(element);
  return null;
}

/** All candidates that lie at the origin that failed move together: another width of the same picture lies there, too. */
function imageAsset(image: HTMLImageElement): AssetElement {
  return {
    url: image.currentSrc || image.src,
    move(_, change) {
      const sources = image.parentElement instanceof HTMLPictureElement ? image.parentElement.children : [];
      for (const source of [...sources, image]) {
        const srcset = source.getAttribute('srcset');
        if (srcset !== null) setIfNew(source, 'srcset', changeUrls(srcset, change));
      }
      const src = image.getAttribute('src');
      if (src !== null) setIfNew(image, 'src', change(src));
      return null;
    },
  };
}

/** To set an attribute is to load the image once more. */
function setIfNew(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** In its place: the order of style sheets decides which of two rules holds. */
function styleAsset(link: HTMLLinkElement): AssetElement {
  return {
    url: link.href,
    move(url) {
      // A change of either attribute loads it.
      link.removeAttribute('href');
      allowCheck(link, url);
      link.href = url;
      return null;
    },
  };
}

/** A script runs once at most, even where it failed to load: another takes its place. */
function replaceScript(script: HTMLScriptElement, url: string): HTMLScriptElement {
  const fresh = document.createElement('script');
  for (const { name, value } of script.attributes) {
    // Handlers are told by the first element, which stands for both.
    if (name !== 'src' && !name.startsWith('on')) fresh.setAttribute(name, value);
  }
  // The attribute of a nonce can't be read under a policy that asks for it.
  fresh.nonce = script.nonce;
  // Scripts that did not say async run in the order in which they are inserted.
  fresh.async = script.async;
  allowCheck(fresh, url);
  fresh.src = url;
  script.after(fresh);
  return fresh;
}

/** What another origin gives without CORS can't be checked, and so counts as forged. */
function allowCheck(element: HTMLLinkElement | HTMLScriptElement, url: string): void {
  const isOther = new URL(url).origin !== location.origin;
  if (isOther && element.integrity !== '' && element.crossOrigin === null) element.crossOrigin = 'anonymous';
}

function mediaAsset(media: HTMLMediaElement): AssetElement | null {
  // What arrived but can't be decoded would be the same from elsewhere.
  if (!media.hasAttribute('src') || media.error?.code === MediaError.MEDIA_ERR_DECODE) return null;
  return {
    url: media.currentSrc || media.src,
    move(url) {
      const { currentTime, paused } = media;
      const goOn = (): void => {
        media.currentTime = currentTime;
        // Whether it may play is the browser's to say.
        if (!paused) void media.play().catch(() => {});
      };
      if (currentTime > 0) media.addEventListener('loadedmetadata', goOn, { once: true });
      media.src = url;
      return null;
    },
  };
}

/** A player goes through its sources once, in order; when none is left it waits for one to be added behind them. */
function sourceAsset(source: HTMLSourceElement): AssetElement | null {
  const player = source.parentElement;
  if (!(player instanceof HTMLMediaElement)) return null;
  return {
    url: source.src,
    move(url) {
      const fresh = source.cloneNode() as HTMLSourceElement;
      fresh.src = url;
      // Chromium never looks at one that comes right behind the one that failed.
      player.append('', fresh);
      return fresh;
    },
  };
}
