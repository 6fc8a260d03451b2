import { FailoverBanner, FailoverProvider } from 'switchover/react';
import { Asker } from './asker.jsx';
import { hosts, serverFailover } from './hosts.js';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const { from } = await serverFailover().http.get('who').json();
  return (
    <main>
      <p id="server">server component: {from}</p>
      <FailoverProvider options={{ hosts: hosts() }}>
        <FailoverBanner texts={{ moved: null }} />
        <Asker />
      </FailoverProvider>
    </main>
  );
}
