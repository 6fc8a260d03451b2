/** Many components that read the current host, rendered in slices, and a host that changes between two of these. */
import { startTransition, useLayoutEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createFailover, type Failover } from '../../../src/index.browser.ts';
import { FailoverProvider, useFailover, useHostStatus } from '../../../src/react/index.ts';

const READERS = 40;

/** A slice of React's work has room for one or two of these. */
const READER_MS = 3;

/** From where in the list the host is changed, with most readers still to come. */
const CHANGES_AT = 5;

interface Trial {
  readonly failover: Failover;
  readonly hosts: readonly string[];
  /** They read past React, which shows what the hook is for. */
  readonly naive: boolean;
  /** What each commit has shown. */
  readonly commits: string[][];
  changed: boolean;
  done(): void;
}

/** Resolves to what each commit has shown. */
export async function tear(hosts: readonly string[], naive: boolean): Promise<string[][]> {
  const failover = createFailover({ hosts, tabs: false });
  const root = createRoot(document.body.appendChild(document.createElement('section')));
  const commits: string[][] = [];
  await new Promise<void>((resolve) => {
    const trial: Trial = { failover, hosts, naive, commits, changed: false, done: () => setTimeout(resolve, 200) };
    root.render(
      <FailoverProvider failover={failover}>
        <Readers trial={trial} />
      </FailoverProvider>,
    );
  });
  root.unmount();
  failover.close();
  return commits;
}

function Readers({ trial }: { readonly trial: Trial }) {
  const [isShown, show] = useState(false);
  useLayoutEffect(() => {
    if (!isShown) startTransition(() => show(true));
  }, [isShown]);
  const Reader = trial.naive ? NaiveReader : HookedReader;
  return (
    <ul>
      {isShown && Array.from({ length: READERS }, (_, at) => at).map((at) => <Reader key={at} at={at} trial={trial} />)}
      {isShown && <Witness trial={trial} />}
    </ul>
  );
}

interface ReaderProps {
  readonly at: number;
  readonly trial: Trial;
}

function HookedReader(props: ReaderProps) {
  return <Reader {...props} current={useHostStatus(({ current }) => current)} />;
}

function NaiveReader(props: ReaderProps) {
  return <Reader {...props} current={useFailover().status.current} />;
}

function Reader({ at, trial, current }: ReaderProps & { readonly current: string }) {
  const untilMs = performance.now() + READER_MS;
  while (performance.now() < untilMs);
  if (at === CHANGES_AT && !trial.changed) {
    trial.changed = true;
    // Runs when React lets go of the thread.
    queueMicrotask(() => trial.failover.prefer(trial.hosts[1] ?? null));
  }
  return <li>{current}</li>;
}

/** Sees each commit of the readers: it reads what they do, so it is rendered when they are. */
function Witness({ trial }: { readonly trial: Trial }) {
  useHostStatus();
  useLayoutEffect(() => {
    trial.commits.push([...document.querySelectorAll('li')].map(({ textContent }) => textContent ?? ''));
    trial.done();
  });
  return null;
}
