import { createElement, type ReactElement, type ReactNode } from 'react';
import { fill } from '../policy/fill.ts';
import { type BannerKind, kindOf } from './bannerKind.ts';
import { useHostStatus } from './hooks.ts';
import { useSettled } from './settled.ts';

/** What a banner says, by what there is to say. `null` says nothing. */
export type BannerTexts = Readonly<Record<Exclude<BannerKind, 'well'>, string | null>>;

/** What a person is told if the app has no words of its own. */
const TEXTS: BannerTexts = {
  offline: 'You are offline.',
  unreachable: 'No server can be reached. Trying again.',
  moved: 'Connected to another server.',
  recovered: 'Connected again.',
};

const TIMES = { settleMs: 1_000, recoveredMs: 5_000 };

/** Properties of an element that tells of its changes by itself, politely, on every platform of React. */
export interface BannerRegion {
  /** What it is: words that come and go by themselves. */
  readonly role: 'status';
  /** Told when nobody is interrupted by it. */
  readonly 'aria-live': 'polite';
  /** Told as a whole. */
  readonly 'aria-atomic': true;
}

const REGION: BannerRegion = { role: 'status', 'aria-live': 'polite', 'aria-atomic': true };

/** What a banner's own rendering is given. */
export interface BannerView {
  /** What there is to say. */
  readonly kind: BannerKind;
  /** The words for it; null for nothing. */
  readonly text: string | null;
  /** For the element around the words. It must be there before them, and stay: else their coming is not announced. */
  readonly region: BannerRegion;
}

/** Properties of {@link FailoverBanner}. Every one may be left out. */
export interface FailoverBannerProps {
  /** Words instead of the English ones; `null` for what is not to be told. */
  readonly texts?: Partial<BannerTexts> | undefined;
  /** How long something has to be so before it is told, in milliseconds: what comes and goes within it is not. Default 1,000. */
  readonly settleMs?: number | undefined;
  /** For how long it is told that all is well again, in milliseconds. Default 5,000. */
  readonly recoveredMs?: number | undefined;
  /** A class for the element, where the banner renders it. Default none. */
  readonly className?: string | undefined;
  /**
   * Renders the banner instead of its own `div`: for other markup, and for React Native, which has no `div`. Default: an element with
   * the text, and with the kind as `data-kind`.
   */
  readonly children?: ((view: BannerView) => ReactNode) | undefined;
}

/**
 * Tells people what they may want to know of the connection, and screen readers, too: a live region that is empty while all is well. It
 * has no style. It waits until a state has settled, so that an outage with its many small events is a few words and not a storm of them.
 *
 * @throws SwitchoverError `NO_PROVIDER`, `INVALID_OPTION`.
 */
export function FailoverBanner(props: FailoverBannerProps): ReactElement {
  const { texts, className, children } = props;
  const given = { settleMs: props.settleMs, recoveredMs: props.recoveredMs } as Partial<typeof TIMES>;
  const { settleMs, recoveredMs } = fill('FailoverBanner', TIMES, given);
  const kind = useSettled(useHostStatus(kindOf), settleMs, recoveredMs);
  const text = kind === 'well' ? null : { ...TEXTS, ...texts }[kind];
  if (children !== undefined)
    return createElement(Rendered, { render: children, view: { kind, text, region: REGION } });
  return createElement('div', { ...REGION, className, 'data-kind': kind }, text);
}

/** In a component of its own, what the app renders may have hooks. */
function Rendered({ render, view }: { readonly render: (view: BannerView) => ReactNode; readonly view: BannerView }) {
  return render(view);
}
