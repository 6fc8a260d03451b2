import { SwitchoverError } from './error.ts';

/** One server, named by its origin. */
export interface Host {
  /**
   * Scheme, name and port as a browser writes them in `location.origin` and `Response.url`: lower case, default port
   * left out, IPv6 in its shortest form. Equal origins mean the same host; this is its stable identity.
   */
  readonly origin: string;
  /** How the host is spoken to. */
  readonly scheme: 'http' | 'https';
  /** As in `URL.hostname`: an IPv6 address keeps its brackets. */
  readonly hostname: string;
  /** Always a number, also where the origin leaves it out. */
  readonly port: number;
  /** What stands before every path on this host: empty, or `/base` without a slash at its end. */
  readonly basePath: string;
  /** `localhost`, a name under it, 127.0.0.0/8 or ::1: traffic that never leaves the machine, so http is safe. */
  readonly local: boolean;
}

/** Scheme, name, port, base path; all of it is ASCII that no two parsers read in two ways. */
const SHAPE = /^(https?):\/\/(\[[\da-f:.]+]|[\w.-]+)(?::(\d{1,5}))?((?:\/(?:[\w.~!$&'()*+,;=:@-]|%[\da-f]{2})+)*)\/?$/i;

/**
 * Parses a host, and refuses what two parsers could read in two ways: user names, backslashes, queries, fragments,
 * white space, odd IPv4 forms, dot segments, empty labels. It does not check that an `xn--` label decodes.
 *
 * @param text `https://name[:port][/base]`
 * @param allowInsecure Accept `http` to hosts that are not {@link Host.local}. Default false.
 * @throws SwitchoverError `INVALID_HOST`, or `INSECURE_HOST` for http to a host that is not local.
 */
export function parseHost(text: string, allowInsecure = false): Host {
  const host = scanHost(text);
  if (host === null) {
    // What stands before an @ may be a password.
    const shown = JSON.stringify(String(text).replace(/^.*@/s, '…@').slice(0, 99));
    throw new SwitchoverError('INVALID_HOST', `Not a usable host: ${shown}.`, {
      remedy:
        'Write https://name[:port][/base] in ASCII (names in punycode, IPv6 in brackets), without user, query, fragment, backslash or dot segment.',
    });
  }
  if (host.scheme === 'http' && !host.local && !allowInsecure) {
    throw new SwitchoverError('INSECURE_HOST', `${host.origin} is neither https nor local.`, {
      remedy: 'Use https, or set allowInsecure.',
    });
  }
  return host;
}

/** Parses a host by the same rules without an error; null where the text is none. http is accepted. */
export function scanHost(text: string): Host | null {
  const [, schemeText, name = '', portText, basePath = ''] = SHAPE.exec(text) ?? [];
  const scheme = schemeText?.length === 4 ? 'http' : 'https';
  const usualPort = scheme === 'http' ? 80 : 443;
  const port = Number(portText ?? usualPort);
  const hostname = name.startsWith('[') ? shortIpv6(name.slice(1, -1)) : plainName(name.toLowerCase());
  if (hostname === null || port < 1 || port > 65_535 || /\/(?:\.|%2e){1,2}(?:\/|$)/i.test(basePath)) return null;
  const origin = `${scheme}://${hostname}${port === usualPort ? '' : `:${port}`}`;
  const local = /^(?:.+\.)?localhost$|^127\.[\d.]+$|^\[::1]$/.test(hostname);
  return { origin, scheme, hostname, port, basePath, local };
}

/** A DNS name or a canonical IPv4 address. Browsers read any name with a number at its end as IPv4; so do we. */
function plainName(name: string): string | null {
  const valid = /(?:^|\.)(?:\d+|0x[\da-f]*)$/.test(name)
    ? isIpv4(name)
    : name.length < 254 && /^(?:[\w-]{1,63}\.)*[\w-]{1,63}$/.test(name);
  return valid ? name : null;
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  // `& 255` and the way back to text refuse 256, 010, 0x7f, 1e1 and the empty part at one stroke.
  return parts.length === 4 && parts.every((part) => String(Number(part) & 255) === part);
}

/** The address in brackets, in the form of RFC 5952 as the URL standard has it (IPv4-mapped ones stay hexadecimal). */
function shortIpv6(text: string): string | null {
  const halves = text.replace(/[^:]*\.[^:]*$/, ipv4Groups).split('::');
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return null;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return null;
  const full = groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
  for (let zeros = 8; zeros > 1; zeros--) {
    // The longest run of zeros goes, the first of equals; one zero alone stays.
    const short = full.replace(new RegExp(`(^|:)0(:0){${zeros - 1}}(:|$)`), '::');
    if (short !== full) return `[${short}]`;
  }
  return `[${full}]`;
}

/** The last four bytes of an IPv6 address, where they are written as IPv4, as two groups; where it is no IPv4, as it is. */
function ipv4Groups(quad: string): string {
  if (!isIpv4(quad)) return quad;
  const hex = quad.split('.').map((part) => (Number(part) + 256).toString(16).slice(1));
  return hex.join('').replace(/^..../, '$&:');
}
