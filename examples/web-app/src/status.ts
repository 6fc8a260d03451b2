import type { Failover } from 'switchover';

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: inline-block; position: relative; font-size: 0.875rem; }
  summary { cursor: pointer; list-style: none; white-space: nowrap; padding: 0.25rem 0.5rem; border-radius: 0.5rem; }
  summary:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
  .dot { display: inline-block; flex: none; align-self: center; inline-size: 0.6em; block-size: 0.6em; border-radius: 50%; margin-inline-end: 0.5em; background: currentColor; }
  .up { color: light-dark(#15803d, #4ade80); }
  .out { color: light-dark(#b91c1c, #f87171); }
  .away { color: light-dark(#b45309, #fbbf24); }
  div { position: absolute; inset-inline-end: 0; margin-block-start: 0.75rem; z-index: 1; inline-size: min(22rem, 85vw); padding: 0.75rem 1rem; border-radius: 0.75rem;
    background: Canvas; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); box-shadow: 0 0.5rem 2rem #0003; }
  ul { list-style: none; margin: 0; padding: 0; }
  li { display: flex; gap: 0.5rem; align-items: baseline; padding: 0.2rem 0; }
  li b { flex: 1; font-weight: 400; overflow-wrap: anywhere; }
  li[aria-current] b { font-weight: 600; }
  small { opacity: 0.7; }
  p { margin: 0.5rem 0 0; }
`);

const WORDS = {
  up: 'in service',
  inactive: 'waits',
  ejected: 'out',
  'half-open': 'being tried',
  holding: 'back soon',
} as const;
const COLOURS = { up: 'up', inactive: 'away', ejected: 'out', 'half-open': 'away', holding: 'away' } as const;

/**
 * `<switchover-status>`: where this page's work goes, and how each host is. Give it the failover object:
 * `document.querySelector('switchover-status').failover = failover`.
 */
export class SwitchoverStatus extends HTMLElement {
  readonly #summary = document.createElement('summary');
  readonly #hosts = document.createElement('ul');
  readonly #last = document.createElement('p');
  #failover: Failover | null = null;
  #ends: (() => void)[] = [];

  constructor() {
    super();
    const details = document.createElement('details');
    const panel = document.createElement('div');
    const root = this.attachShadow({ mode: 'open' });
    // A sheet that script makes is no inline style: it passes a policy of `default-src 'self'`.
    root.adoptedStyleSheets = [STYLE];
    this.#summary.setAttribute('role', 'status');
    panel.append(this.#hosts, this.#last);
    details.append(this.#summary, panel);
    root.append(details);
  }

  set failover(failover: Failover) {
    this.#failover = failover;
    if (this.isConnected) this.connectedCallback();
  }

  connectedCallback(): void {
    this.disconnectedCallback();
    const failover = this.#failover;
    if (failover === null) return;
    const moves = (['failover', 'switchover', 'failback'] as const).map((kind) =>
      failover.on(kind, ({ to, cause }) => {
        this.#last.textContent = `${new Date().toLocaleTimeString()} ${kind} to ${hostname(to)}: ${cause}`;
        this.#show(failover);
      }),
    );
    const changes = (['health', 'connectivity', 'hosts'] as const).map((event) =>
      failover.on(event, () => this.#show(failover)),
    );
    this.#ends = [...moves, ...changes];
    this.#show(failover);
  }

  disconnectedCallback(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #show({ status }: Failover): void {
    const { current, connectivity, hosts } = status;
    const serving = hosts.find(({ origin }) => origin === current);
    const isWell = connectivity === 'online' && serving?.state === 'up';
    const offline = connectivity === 'online' ? '' : ` (${connectivity})`;
    this.#summary.replaceChildren(dot(isWell ? 'up' : 'out'), `${hostname(current)}${offline}`);
    this.#hosts.replaceChildren(
      ...hosts.map(({ origin, state, why }) => {
        const row = document.createElement('li');
        if (origin === current) row.setAttribute('aria-current', 'true');
        const name = document.createElement('b');
        name.textContent = hostname(origin);
        const words = document.createElement('small');
        words.textContent = why === null ? WORDS[state] : `${WORDS[state]}: ${why}`;
        row.append(dot(COLOURS[state]), name, words);
        return row;
      }),
    );
  }
}

const hostname = (origin: string): string => new URL(origin).host;

function dot(colour: string): HTMLElement {
  const made = document.createElement('span');
  made.className = `dot ${colour}`;
  return made;
}
