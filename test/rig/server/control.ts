import { flushCompileCache } from 'node:module';
import type { Command, Envelope, Report } from '../protocol.ts';

/**
 * The server's end of the line to the test that started it. Commands are answered when `act` has done them; when the
 * line breaks, the test is gone and so is this process. Without a parent (started by hand) it does nothing.
 */
export function answerParent(act: (command: Command) => unknown): void {
  process.on('message', (envelope: Envelope) => {
    void answer(envelope, act);
  });
  process.on('disconnect', () => process.exit(0));
  // Most servers are killed, and could not do it at their end.
  flushCompileCache();
}

async function answer({ id, command }: Envelope, act: (command: Command) => unknown): Promise<void> {
  try {
    report({ kind: 'done', id, value: await act(command) });
  } catch (error) {
    report({ kind: 'failed', id, message: String(error) });
  }
}

/** Tells the parent; by hand, the terminal. */
export function report(value: Report): void {
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(value)}\n`);
  // The callback takes the error of a parent that has just gone: `disconnect` ends this process then.
  else process.send(value, () => {});
}
