import { useState } from 'react';

/** Something that no server has taken yet. */
export interface Waiting {
  readonly id: string;
  readonly text: string;
  /** What is to be said of it. */
  readonly note: string;
}

let count = 0;

/**
 * What was said and has not arrived, to be shown. It is stored as well: if the app ends before a server takes it, the app's next life
 * sends it, and it comes back as a line of the room.
 */
export function useOutbox(send: (text: string) => Promise<void>) {
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const without = (id: string) => (all: readonly Waiting[]) => all.filter((one) => one.id !== id);

  function add(text: string): void {
    count += 1;
    const one: Waiting = { id: `waiting ${count}`, text, note: 'waits for a server' };
    setWaiting((all) => [...all, one]);
    send(text).then(
      () => setWaiting(without(one.id)),
      (error: Error) => setWaiting((all) => [...without(one.id)(all), { ...one, note: `not sent: ${error.message}` }]),
    );
  }

  return { waiting, add };
}
