import { isAllowed } from '../policy/allowList.ts';
import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import type { HostList, HostSpec } from '../policy/hostList.ts';
import { boundedText } from './boundedText.ts';
import { refuseUnknown } from './poolOptions.ts';
import type { FoundHosts, HostSource } from './ports.ts';

/** Options of {@link wellKnownHosts}. */
export interface WellKnownOptions {
  /** Which hosts a document may name: origins, or `https://*.example.com`. A document that names any other is refused whole. */
  readonly allow: readonly string[];
  /** Default `/.well-known/switchover.json`. */
  readonly path?: string;
  /** Between two looks, in milliseconds, spread by a tenth. Default 300,000. */
  readonly refreshMs?: number;
}

const KNOWN: ReadonlySet<string> = new Set(['allow', 'path', 'refreshMs']);

/**
 * Hosts from a document that the listed hosts themselves serve:
 * `{ "generation": 7, "hosts": ["https://a.example.com", …] }`, or `active` and `standby` in place of `hosts`.
 *
 * A generation that is not above the last one seen changes nothing: a host with an old document can't roll the list
 * back. The document is read up to 64 KiB.
 *
 * @throws SwitchoverError `INVALID_OPTION` without an allow-list. Refused documents become a `warning` event with
 * `DISCOVERY_REFUSED`; the list then stays.
 */
export function wellKnownHosts(options: WellKnownOptions): HostSource {
  refuseUnknown(options, KNOWN);
  if (options.allow.length === 0) {
    throw new SwitchoverError('INVALID_OPTION', 'The allow-list is empty.', {
      remedy: 'Name the hosts that a document may list, as in https://*.example.com.',
    });
  }
  return {
    refreshMs: options.refreshMs ?? DEFAULTS.discovery.refreshMs,
    async load(_signal, ask) {
      const response = await ask(options.path ?? '/.well-known/switchover.json');
      const document = readDocument(await boundedText(response, DEFAULTS.answer.capBytes));
      refuseUnlisted(document.hosts, options.allow);
      return document;
    },
  };
}

function readDocument(text: string | null): FoundHosts {
  if (text === null) throw refused('is larger than 64 KiB');
  const document: unknown = parse(text);
  if (typeof document !== 'object' || document === null) throw refused('is not a JSON object');
  const { generation, hosts, active, standby } = document as Record<string, unknown>;
  if (!Number.isSafeInteger(generation) || Number(generation) < 0) throw refused('has no generation number');
  if (isSpecs(hosts)) return { generation: Number(generation), hosts: hosts.map(known) };
  if (!isSpecs(active) || !(standby === undefined || isSpecs(standby))) throw refused('has no list of hosts');
  return { generation: Number(generation), hosts: { active: active.map(known), standby: (standby ?? []).map(known) } };
}

/** What a later version may say of a host is not for this one. */
function known(spec: string | HostSpec): string | HostSpec {
  if (typeof spec === 'string') return spec;
  const { url, health, weight, zone } = spec;
  return JSON.parse(JSON.stringify({ url, health, weight, zone })) as HostSpec;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('is not JSON');
  }
}

function isSpecs(value: unknown): value is readonly (string | HostSpec)[] {
  const isSpec = (entry: unknown) =>
    typeof entry === 'string' ||
    (typeof entry === 'object' && entry !== null && 'url' in entry && typeof entry.url === 'string');
  return Array.isArray(value) && value.length > 0 && value.length <= 64 && value.every(isSpec);
}

function refuseUnlisted(hosts: HostList, allow: readonly string[]): void {
  const specs = 'active' in hosts ? [...hosts.active, ...(hosts.standby ?? [])] : hosts;
  for (const spec of specs) {
    const url = typeof spec === 'string' ? spec : spec.url;
    if (!isAllowed(url, allow)) throw refused(`names ${JSON.stringify(url.slice(0, 100))}, which is not allowed`);
  }
}

function refused(complaint: string): SwitchoverError {
  return new SwitchoverError('DISCOVERY_REFUSED', `The hosts document ${complaint}.`, {
    remedy: 'Correct the document, or the allow-list that it is held against.',
  });
}
