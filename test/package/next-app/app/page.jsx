import { Asker } from './asker.jsx';
import { hosts, serverFailover } from './hosts.js';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const { from } = await serverFailover().http.get('who').json();
  return (
    <main>
      <p id="server">server component: {from}</p>
      <Asker hosts={hosts()} />
    </main>
  );
}
