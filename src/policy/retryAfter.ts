import { RETRY_AFTER } from './defaults.ts';

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const DAY_MS = 86_400_000;

/**
 * Reads a `Retry-After` header in seconds (RFC 9110 §10.2.3).
 *
 * @param capMs A longer wait is read as this. Default an hour.
 * @returns Milliseconds to wait, null where the value is absent or not understood.
 */
export function retryAfterSeconds(value: string | null, capMs: number = RETRY_AFTER.capMs): number | null {
  return value !== null && /^\d+$/.test(value) ? Math.min(capMs, Number(value) * 1000) : null;
}

/**
 * The same, where it may also be any of the three forms of an HTTP date (§5.6.7).
 *
 * @param nowWallMs Milliseconds since 1970, to which a date is compared and a two-digit year is read.
 * @returns 0 for a date that is over.
 */
export function parseRetryAfter(
  value: string | null,
  nowWallMs: number,
  capMs: number = RETRY_AFTER.capMs,
): number | null {
  const waitMs = retryAfterSeconds(value, capMs);
  if (waitMs !== null || value === null) return waitMs;
  const untilMs = httpDateMs(value, nowWallMs) - nowWallMs;
  return Number.isNaN(untilMs) ? null : Math.min(capMs, Math.max(0, untilMs));
}

/** Milliseconds since 1970 of an HTTP date; NaN where it is none. */
function httpDateMs(text: string, nowWallMs: number): number {
  const inOrder = text.replace(/^(\w{3}) (\w{3}) ([ \d]\d) ([\d:]{8}) (\d{4})$/, '$1, $3 $2 $5 $4 GMT');
  const date = /^[A-Z][a-z]{2,8}, ([ \d]\d)[ -]([A-Z][a-z]{2})[ -](\d\d|\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(inOrder);
  const [, dayText, monthText = '', yearText = '', ...clock] = date ?? [];
  const [hour = 0, minute = 0, second = 0] = clock.map(Number);
  const month = MONTHS.indexOf(monthText) / 3;
  const day = Number(dayText);
  const inYear = (year: number) =>
    (daysBefore(year, month) + day - 1) * DAY_MS + (hour * 60 + minute) * 60_000 + second * 1000;
  let year = Number(yearText);
  if (yearText.length === 2) {
    // RFC 9110: what seems to lie more than 50 years ahead is of the century before.
    for (year += 9900; year > 100 && inYear(year - 50) > nowWallMs; ) year -= 100;
  }
  const inMonth = day > 0 && day <= daysBefore(year, month + 1) - daysBefore(year, month);
  return month >= 0 && inMonth && hour < 24 && minute < 60 && second < 61 ? inYear(year) : Number.NaN;
}

/** Days from 1970-01-01 to the first of a month (0 is January, 12 the next January), in the Gregorian calendar. */
function daysBefore(year: number, month: number): number {
  // Years that begin in March have their leap day at the end, where it shifts no month.
  const marchYear = month < 2 ? year - 1 : year;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return 365 * marchYear + leapDays + Math.floor((153 * ((month + 10) % 12) + 2) / 5) - 719_468;
}
