import { useEffect, useState } from 'react';
import { useChannel, useFailover } from 'switchover/react';
import type { Me } from './account.ts';
import { Say } from './Say.tsx';

interface Line {
  readonly id: number;
  readonly author: string;
  readonly text: string;
  readonly server: string;
}

interface RoomProps {
  readonly me: Me;
  readonly onLeave: () => Promise<void>;
}

export function Room({ me, onLeave }: RoomProps) {
  const { http } = useFailover();
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [lost, setLost] = useState(false);
  const channel = useChannel('/channel', {
    name: `room:${me.name}`,
    credential: () => me.token,
    onMessage: (line) => setLines((before) => withLines(before, [line as Line])),
    onGap: () => setLost(true),
  });

  useEffect(() => {
    const controller = new AbortController();
    http
      .get('api/history', { signal: controller.signal })
      .json<readonly Line[]>()
      .then((history) => setLines((before) => withLines(before, history)))
      // What is said from here on comes all the same.
      .catch(() => setLost(!controller.signal.aborted));
    return () => controller.abort();
  }, [http]);

  const leave = async () => {
    await channel.end();
    await onLeave();
  };

  return (
    <main>
      <ol aria-live="polite" aria-label="What was said">
        {lines.map(({ id, author, text, server }) => (
          <li key={id} className={author === me.name ? 'line own' : 'line'}>
            <p>{text}</p>
            <small>
              <b>{author}</b> by server {server}
            </small>
          </li>
        ))}
        {lost && <li className="line">Something that was said here could not be had.</li>}
      </ol>
      <Say name={`room:${me.name}`} />
      <footer>
        <small>
          {me.name}, {channel.state.kind}
        </small>
        <button type="button" onClick={leave}>
          Sign out
        </button>
      </footer>
    </main>
  );
}

/** In order, and each once: history and channel overlap. */
function withLines(before: readonly Line[], more: readonly Line[]): readonly Line[] {
  const byId = new Map([...before, ...more].map((line) => [line.id, line]));
  return [...byId.values()].sort((a, b) => a.id - b.id);
}
