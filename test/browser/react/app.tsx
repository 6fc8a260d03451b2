/** An app of the tests, for a page and for a server that renders it. It counts what React does with each of its parts. */
import { Activity, memo, type ReactNode, StrictMode, useEffect, useState } from 'react';
import {
  FailoverBanner,
  FailoverProvider,
  type FailoverProviderProps,
  type UseChannelOptions,
  useChannel,
  useFailover,
  useHostStatus,
  useSession,
} from '../../../src/react/index.ts';

/** What has happened. */
export const record = {
  /** How often each part was rendered; strict mode does each render twice. */
  renders: {} as Record<string, number>,
  /** How often a rendering of each part was shown. */
  commits: {} as Record<string, number>,
  got: [] as unknown[],
  accepted: [] as number[],
  told: [] as string[],
  sockets: [] as WebSocket[],
};

/** What a test has in its hands while the app is mounted. */
export const hands = {
  failover: null as ReturnType<typeof useFailover> | null,
  channel: null as ReturnType<typeof useChannel<null>> | null,
  show: (_parts: Partial<Parts>): void => {},
  /** Hides all below the root, the provider too. */
  hide: (_isHidden: boolean): void => {},
};

/** Which parts are mounted. */
export interface Parts {
  readonly status: boolean;
  readonly listener: boolean;
  readonly composer: boolean;
}

export function App({ provider, parts }: { readonly provider: FailoverProviderProps; readonly parts: Parts }) {
  const [isHidden, hide] = useState(false);
  useEffect(() => {
    hands.hide = hide;
  }, []);
  return (
    <StrictMode>
      <Activity mode={isHidden ? 'hidden' : 'visible'}>
        <FailoverProvider {...provider}>
          <Board first={parts} />
        </FailoverProvider>
      </Activity>
    </StrictMode>
  );
}

function Board({ first }: { readonly first: Parts }) {
  const [parts, show] = useState(first);
  const failover = useFailover();
  useEffect(() => {
    hands.failover = failover;
    hands.show = (change) => show((before) => ({ ...before, ...change }));
  }, [failover]);
  return (
    <>
      {parts.status && <Status />}
      {parts.listener && <Listener />}
      {parts.composer && <Composer />}
    </>
  );
}

function useCount(name: keyof typeof record.renders): void {
  record.renders[name] = (record.renders[name] ?? 0) + 1;
  useEffect(() => {
    record.commits[name] = (record.commits[name] ?? 0) + 1;
  });
}

const Status = memo(function Status() {
  return (
    <>
      <Bystander />
      <Shown name="current" select={({ current }) => current} />
      <Shown name="second" select={({ hosts }) => hosts[1]?.state} />
      <Shown
        name="list"
        select={({ hosts }) => hosts.map(({ origin }) => origin)}
        isEqual={(a, b) => `${a}` === `${b}`}
      />
      <Everything />
      <Session />
      <FailoverBanner className="banner" />
    </>
  );
});

type Select = Parameters<typeof useHostStatus<unknown>>;

function Shown({
  name,
  select,
  isEqual,
}: {
  readonly name: string;
  readonly select: Select[0];
  readonly isEqual?: Select[1];
}) {
  useCount(name);
  return <output id={name}>{String(useHostStatus(select, isEqual))}</output>;
}

/** Below the provider, and reads nothing. */
function Bystander() {
  useCount('bystander');
  useFailover();
  return null;
}

function Everything() {
  useCount('everything');
  return <output id="everything">{JSON.stringify(useHostStatus())}</output>;
}

function Session() {
  useCount('session');
  const { state, host } = useSession();
  return <output id="session">{`${state} ${host}`}</output>;
}

/** The platform's own, which is counted. */
function recorded(): UseChannelOptions['WebSocket'] {
  if (typeof WebSocket === 'undefined') return undefined;
  Recorded ??= class extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      record.sockets.push(this);
    }
  };
  return Recorded;
}
let Recorded: UseChannelOptions['WebSocket'];

const credential = () => 'ann';

function Listener() {
  useCount('listener');
  const WebSocket = recorded();
  const { state } = useChannel('/channel', {
    ...(WebSocket && { WebSocket }),
    credential,
    onMessage: (data) => void record.got.push(data),
    onGap: () => void record.told.push('gap'),
    onWarning: ({ code }) => void record.told.push(code),
  });
  return <output id="listener">{`${state.kind} ${state.host}`}</output>;
}

function Composer() {
  useCount('composer');
  const channel = useChannel('/channel', { select: nothing });
  useEffect(() => {
    hands.channel = channel;
  }, [channel]);
  return null;
}

const nothing = (): ReactNode & null => null;
