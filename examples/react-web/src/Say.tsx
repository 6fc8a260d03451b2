import { useState } from 'react';
import { useChannel } from 'switchover/react';

interface Waiting {
  readonly id: number;
  readonly text: string;
  /** Why it was not sent; null while it waits for a server. */
  readonly error: string | null;
}

let count = 0;

/** Shares the room's channel, and is not rendered when that changes its host: it shows nothing of its state. */
export function Say({ name }: { readonly name: string }) {
  const { send } = useChannel('/channel', { name, select: () => null });
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);

  const say = (form: FormData) => {
    const text = String(form.get('text'));
    count += 1;
    const id = count;
    setWaiting((before) => [...before, { id, text, error: null }]);
    send({ text }).then(
      () => setWaiting((before) => before.filter((one) => one.id !== id)),
      ({ message }: Error) =>
        setWaiting((before) => before.map((one) => (one.id === id ? { ...one, error: message } : one))),
    );
  };

  return (
    <>
      <ul>
        {waiting.map(({ id, text, error }) => (
          <li key={id} className="line own waiting">
            <p>{text}</p>
            <small>{error === null ? 'waits for a server' : `not sent: ${error}`}</small>
          </li>
        ))}
      </ul>
      <form className="say" action={say}>
        <input name="text" aria-label="Say something" placeholder="Say something" autoComplete="off" required />
        <button type="submit">Send</button>
      </form>
    </>
  );
}
