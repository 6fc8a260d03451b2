import { useEffect, useState } from 'react';
import { type BannerKind, isOut, type StatusKind } from './bannerKind.ts';

/**
 * Follows a kind once it has lasted. What comes and goes within `settleMs` was never there, and what changes all the time stays as it
 * was last told. After an outage it is `recovered` for a while.
 */
export function useSettled(kind: StatusKind, settleMs: number, recoveredMs: number): BannerKind {
  const [told, setTold] = useState<BannerKind>('well');
  const isTold = told === kind || (told === 'recovered' && kind === 'well');
  useEffect(() => {
    if (isTold) return undefined;
    const timer = setTimeout(
      () => setTold((before) => (isOut(before) && kind === 'well' ? 'recovered' : kind)),
      settleMs,
    );
    return () => clearTimeout(timer);
  }, [isTold, kind, settleMs]);
  useEffect(() => {
    if (told !== 'recovered') return undefined;
    const timer = setTimeout(() => setTold('well'), recoveredMs);
    return () => clearTimeout(timer);
  }, [told, recoveredMs]);
  return told;
}
