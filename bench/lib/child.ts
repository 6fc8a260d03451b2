import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A program of a benchmark, in a process of its own, so that nothing else is compiled, collected or counted there. */
export interface Program<Result> {
  /** What it reports in the end. Rejects if it ends without that. */
  readonly result: Promise<Result>;
}

/**
 * Starts `program` with `order` as JSON in its first argument.
 *
 * @param onSignal Called when it sends the text `strike`.
 */
export function start<Result>(program: URL, order: unknown, onSignal: () => void = () => {}): Program<Result> {
  const child = fork(fileURLToPath(program), [JSON.stringify(order)], {
    execPath: process.execPath,
    execArgv: ['--expose-gc', '--no-warnings'],
  });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const result = new Promise<Result>((resolve, reject) => {
    child.on('message', (message) => (message === 'strike' ? onSignal() : resolve(message as Result)));
    child.once('exit', (code, signal) => {
      process.off('exit', end);
      reject(new Error(`${program.pathname} ended with ${signal ?? code} before it had a result`));
    });
  });
  return { result };
}

/** The order that this program was started with. */
export function readOrder<Order>(): Order {
  return JSON.parse(process.argv[2] ?? '{}') as Order;
}

/** Tells the parent that the moment has come. */
export function strike(): void {
  process.send?.('strike');
}

/** Tells the parent, and ends. */
export function finish(result: unknown): void {
  process.send?.(result, () => process.exit(0));
}
