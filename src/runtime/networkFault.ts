import type { Fault } from '../policy/outcome.ts';

/** What Node, undici and their like say in an error. */
interface Clues {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** Errors are wrapped three deep at most; a cause may also lead back to where it began. */
const DEPTH = 5;

/** Faults after which the request may have been processed. */
const MAYBE_SENT = /^(net|res|time)/;

/** A certificate is judged before a request leaves. In alerts (`ERR_SSL_…CERT…`) a server may speak of it later. */
const CERTIFICATE = /^(ERR_TLS_|UNABLE_|INVALID_[CP]|PATH_|HOSTNAME_|(?!ERR_).*(CERT|CRL))/;
/** Alerts that end a handshake. Others come at any time. */
const HANDSHAKE = /VERSION|HANDSHAKE|UNRECOG|UNSUPP|_NO_/;

/** How the platforms begin when they say no more than "it failed": Chromium, Firefox, WebKit, React Native, Node, Deno. */
const FAILED =
  /^(failed to fetch|(load|fetch) failed|network|the (internet|network|request t)|could not c|an? (server|ssl|net)|error send)/i;

/**
 * Reads from what `fetch` rejected with how the network failed; `network` where the platform says no more.
 *
 * `refused`, `unreachable`, `dns`, `tls` and `connect-timeout` are told only where the connection provably never stood,
 * so that nothing was sent: an `ETIMEDOUT` of a read is a `reset`.
 *
 * @returns `null` where it was not the network: bad arguments, a body that was already read, an abort, an error of the
 * caller's own body stream.
 */
export function networkFault(error: unknown): Fault | null {
  return read(error, DEPTH);
}

function read(error: unknown, depth: number): Fault | null {
  if (depth === 0 || typeof error !== 'object' || error === null) return null;
  const { code, syscall, name, message, cause, errors } = error as Clues;
  if (Array.isArray(errors)) {
    // Of several addresses' faults one is told. The order of the alphabet happens to put `unreachable` last, as it should.
    const faults = errors.map((each) => read(each, depth - 1)).filter((fault) => fault !== null);
    return faults.find((fault) => MAYBE_SENT.test(fault)) ?? faults.sort()[0] ?? null;
  }
  if (name === 'HTTPParserError') return 'network';
  const fault = typeof code === 'string' ? readCode(code, String(syscall), String(message)) : null;
  if (fault !== null) return fault;
  // A cause that says nothing of the network is the caller's: "bad port", an error of its own stream.
  if (cause !== undefined) return read(cause, depth - 1);
  return FAILED.test(String(message)) ? 'network' : null;
}

function readCode(code: string, syscall: string, message: string): Fault | null {
  const connecting = syscall === 'connect';
  if (/^(getaddrinfo|query)/.test(syscall) || /^(ENOTFOUND|EAI_)/.test(code)) return 'dns';
  if (/REFUSED$/i.test(code)) return 'refused';
  if (/CONNECT(ION)?_TIMEOUT$/.test(code) || (connecting && code === 'ETIMEDOUT')) return 'connect-timeout';
  if (/^ERR_SSL/.test(code)) return connecting || HANDSHAKE.test(code) ? 'tls' : 'network';
  if (CERTIFICATE.test(code) || /before secure TLS/.test(message)) return 'tls';
  if (connecting) return 'unreachable';
  if (/HEADERS_TIMEOUT$/.test(code)) return 'timeout';
  if (/^(ECONN|EPIPE|EHOST|ENET|ETIMEDOUT|UND_ERR_SOCKET)/.test(code)) return 'reset';
  return /^(EPROTO|HPE_|ERR_HTTP2_[GS]|UND_ERR_(HEADERS|INFO|PRX|RES))/.test(code) ? 'network' : null;
}
