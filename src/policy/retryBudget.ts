/**
 * A bucket of tokens: each retry takes one, each success puts a part of one back. Backoff spreads retries, but only a
 * budget ends an overload that feeds on them: where everything fails, nothing is refilled, and clients fall silent.
 * Tokens × clients is the extra load that a fleet can make at once.
 */
export interface RetryBudget {
  readonly tokens: number;
  /** Most tokens it can hold. Below 1 nothing is ever granted. */
  readonly capacity: number;
  readonly refillPerSuccess: number;
}

/** Ten times 0.1 is a hair below 1, but is meant to be a whole token. */
const ROUNDING = 1e-9;

/** A full budget. */
export function openBudget(capacity: number, refillPerSuccess: number): RetryBudget {
  return { tokens: capacity, capacity, refillPerSuccess };
}

/** True where one more retry may be made. */
export const hasToken = ({ tokens }: RetryBudget): boolean => tokens > 1 - ROUNDING;

/** The budget after one retry; null where it has no whole token, and the retry must not be made. */
export function payRetry(budget: RetryBudget): RetryBudget | null {
  return hasToken(budget) ? { ...budget, tokens: Math.max(0, budget.tokens - 1) } : null;
}

/** The budget after one success; the same reference when it is full, as it is nearly always. */
export function creditSuccess(budget: RetryBudget): RetryBudget {
  const { tokens, capacity, refillPerSuccess } = budget;
  return tokens >= capacity ? budget : { ...budget, tokens: Math.min(capacity, tokens + refillPerSuccess) };
}
