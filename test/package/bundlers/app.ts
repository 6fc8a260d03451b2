/** A page's app: over the whole package, over the small entry, and over one that comes when it is asked for. */
import { createFailover } from 'switchover';
import { createFetch, createPool } from 'switchover/fetch';

const from = async (answer: Promise<Response>): Promise<unknown> => (await (await answer).json()).from;

export const app = {
  async ask(hosts: readonly string[]) {
    const failover = createFailover({ hosts });
    const whole = await from(failover.fetch('/who'));
    failover.close();
    const pool = createPool(hosts);
    const small = await from(createFetch(pool)('/who'));
    pool.close();
    const { registerWorker } = await import('switchover/browser');
    return { whole, small, later: typeof registerWorker };
  },
};

Object.assign(globalThis, { app });
