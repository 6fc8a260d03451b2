import { beforeAll } from 'vitest';
import { useRig } from '../../rig/vitest.ts';
import { type Answer, type PageServer, startPageServer } from '../rig/pageServer.ts';
import type { Profile } from '../rig/profile.ts';
import type { Tab } from '../rig/tab.ts';
import type { BrowserUnderTest } from '../rig/vitest.ts';

/** A site whose pages have the page side in `window.side`. */
export interface Site {
  /** It answers to any hostname. */
  readonly port: number;
  /** Opens a page of it, in this test's own profile unless another is given. */
  open(profile?: Profile): Promise<Tab>;
}

/** A site for the tests of a suite. */
export function useSite({ openTab }: BrowserUnderTest, answer?: Answer): Site {
  const rig = useRig({ for: 'all' });
  let server: PageServer | undefined;
  beforeAll(async () => {
    server = rig.owns(await startPageServer('test/browser/pages/pageSide.ts', answer));
  });
  const port = () => server?.port ?? 0;
  return {
    get port() {
      return port();
    },
    open: (profile) => openTab(`http://page.app.localhost:${port()}/`, profile === undefined ? {} : { profile }),
  };
}
