const keyOf = (channel: string): string => `switchover:slot:${channel}`;

/**
 * The place where this tab's channel had its session when the page was left; null where nobody remembers. A page that is loaded anew goes
 * on there, though another tab has left a session in a place before it.
 */
export function rememberedSlot(channel: string): number | null {
  const slot = Number(ofTab()?.getItem(keyOf(channel)) ?? Number.NaN);
  return Number.isInteger(slot) ? slot : null;
}

/** Remembers the place for as long as there is the tab; null forgets it. */
export function rememberSlot(channel: string, slot: number | null): void {
  try {
    if (slot === null) ofTab()?.removeItem(keyOf(channel));
    else ofTab()?.setItem(keyOf(channel), String(slot));
  } catch {
    // It is full: the tab takes the first place that is free, as a new one does.
  }
}

/** What a page keeps for its tab. Nothing else has one: some versions of Node have a storage of that name, of their own meaning. */
function ofTab(): Storage | null {
  try {
    return typeof document === 'undefined' ? null : sessionStorage;
  } catch {
    // The browser keeps this page from storing anything.
    return null;
  }
}
