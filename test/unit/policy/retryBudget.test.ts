import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditSuccess, openBudget, payRetry, type RetryBudget } from '../../../src/policy/retryBudget.ts';

const credit = (budget: RetryBudget, times: number) => {
  let credited = budget;
  for (let done = 0; done < times; done++) credited = creditSuccess(credited);
  return credited;
};
const pay = (budget: RetryBudget): RetryBudget => payRetry(budget) ?? expect.unreachable('the budget is empty');

describe('the retry budget', () => {
  it('starts full and grants as many retries as it holds tokens', () => {
    let budget: RetryBudget | null = openBudget(10, 0.1);
    let granted = 0;
    while (budget !== null && granted < 100) {
      budget = payRetry(budget);
      if (budget !== null) granted++;
    }
    expect(granted).toBe(10);
  });

  it('gives one token back for ten successes, not for nine, however often', () => {
    let budget = pay(openBudget(1, 0.1));
    for (let cycle = 0; cycle < 1000; cycle++) {
      expect(payRetry(credit(budget, 9))).toBeNull();
      budget = pay(credit(budget, 10));
      expect(budget.tokens).toBe(0);
    }
  });

  it('counts whole tokens for any refill of 1/n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (n) => {
        const empty = pay(openBudget(1, 1 / n));
        expect(payRetry(credit(empty, n - 1))).toBeNull();
        expect(payRetry(credit(empty, n))).not.toBeNull();
      }),
    );
  });

  it('never holds more than its capacity, and is the same object while full', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.double({ min: 0, max: 3, noNaN: true }), (capacity, refill) => {
        const full = openBudget(capacity, refill);
        expect(creditSuccess(full)).toBe(full);
        const paid = payRetry(full);
        if (paid !== null) expect(credit(paid, 50).tokens).toBeLessThanOrEqual(capacity);
      }),
    );
  });

  it('never grants more than capacity + successes × refill, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), fc.integer({ min: 0, max: 10 }), (events, capacity) => {
        let budget = openBudget(capacity, 0.1);
        let granted = 0;
        let successes = 0;
        for (const isSuccess of events) {
          const paid = isSuccess ? creditSuccess(budget) : payRetry(budget);
          if (isSuccess) successes++;
          else if (paid !== null) granted++;
          budget = paid ?? budget;
          expect(budget.tokens).toBeGreaterThanOrEqual(0);
        }
        expect(granted).toBeLessThanOrEqual(capacity + successes / 10 + 1e-6);
      }),
    );
  });

  it('grants nothing without a whole token', () => {
    expect(payRetry(openBudget(0, 0.1))).toBeNull();
    expect(payRetry(credit(openBudget(0, 5), 100))).toBeNull();
    expect(payRetry(openBudget(0.9, 0.1))).toBeNull();
  });

  it('is plain data and never changed in place', () => {
    const full = Object.freeze(openBudget(2, 0.5));
    const paid = Object.freeze(pay(full));
    expect(JSON.parse(JSON.stringify(creditSuccess(paid)))).toEqual({
      tokens: 1.5,
      capacity: 2,
      refillPerSuccess: 0.5,
    });
  });
});
