import type { PoolRule } from '../poolRule.ts';
import { parseRetryAfter } from '../retryAfter.ts';

/** Understands a `Retry-After` that is a date. Without it only seconds are understood, as nearly all servers send them. */
export const retryDates: PoolRule = { readRetryAfter: parseRetryAfter };
