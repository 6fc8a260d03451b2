/** Where the snippet puts what fails before there is anybody to see to it. */
const KEY = 'switchoverFailed';

/**
 * The script that goes first into a page's `<head>`, for what fails before {@link recoverAssets} is called: style sheets and scripts of
 * the page itself. Write it into the page as `<script>…</script>`, or with a `nonce`; its text never changes within a version, so that its
 * hash can stand in a policy.
 */
export const EARLY_SNIPPET = `addEventListener("error",function(e){e.target!==self&&(self.${KEY}=self.${KEY}||[]).push(e.target)},!0)`;

/** What has failed so far, as far as that can be known: what the snippet has seen, and images and players that say so themselves. */
export async function earlyFailures(): Promise<readonly Element[]> {
  const seen = (Reflect.get(window, KEY) ?? []) as readonly Element[];
  // From now on nobody takes anything from there.
  Reflect.set(window, KEY, { push() {} });
  const images = await Promise.all([...document.images].map(async (image) => ((await isBroken(image)) ? [image] : [])));
  const players = [...document.querySelectorAll('video, audio')].filter((each) => (each as HTMLMediaElement).error);
  const lasting = seen.filter((each) => each.isConnected && !(each instanceof HTMLImageElement));
  return [...new Set([...lasting, ...images.flat(), ...players])];
}

/** An image that has no size may be a drawing; one that can't be decoded is broken. */
async function isBroken(image: HTMLImageElement): Promise<boolean> {
  if (!image.complete || image.naturalWidth > 0 || !(image.currentSrc || image.src)) return false;
  try {
    await image.decode();
    return false;
  } catch {
    return true;
  }
}
