import type { Failover } from '../../../src/index.node.ts';
import { sleep } from '../../rig/wait.ts';

/** What became of the requests of one client, one after the other. */
export interface Traffic {
  readonly answers: readonly string[];
  readonly failures: readonly unknown[];
  /** Ends it; resolves when the last request has come to its end. */
  stop(): Promise<void>;
}

/** Sends one request after the other from now on. `answers` are the names of the servers. */
export function startTraffic(failover: Failover, init: RequestInit = {}, pauseMs = 10): Traffic {
  const answers: string[] = [];
  const failures: unknown[] = [];
  let going = true;
  const send = async (): Promise<void> => {
    try {
      const response = await failover.fetch(`/work?id=${Math.random()}`, init);
      if (!response.ok) throw new Error(`http ${response.status}`);
      answers.push(((await response.json()) as { server: string }).server);
    } catch (error) {
      failures.push(error);
    }
  };
  const run = async (): Promise<void> => {
    while (going) {
      await send();
      await sleep(pauseMs);
    }
  };
  const over = run();
  return {
    answers,
    failures,
    stop() {
      going = false;
      return over;
    },
  };
}
