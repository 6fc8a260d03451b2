import { useHostStatus } from 'switchover/react';

const WORDS = {
  up: 'in service',
  inactive: 'waits',
  ejected: 'out',
  'half-open': 'being tried',
  holding: 'back soon',
} as const;

/** Where this page's work goes, and how each host is. */
export function Hosts() {
  const { current, hosts } = useHostStatus();
  return (
    <details>
      <summary>{hostname(current)}</summary>
      <ul>
        {hosts.map(({ origin, state, why }) => (
          <li key={origin} aria-current={origin === current}>
            <b>{hostname(origin)}</b> <small>{why === null ? WORDS[state] : `${WORDS[state]}: ${why}`}</small>
          </li>
        ))}
      </ul>
    </details>
  );
}

const hostname = (origin: string): string => new URL(origin).host;
