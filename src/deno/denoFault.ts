import type { Fault } from '../policy/outcome.ts';
import { networkFault } from '../runtime/networkFault.ts';

/**
 * What Deno's `fetch` says in the cause of what it rejects with, as it gives no codes: the first row that fits. `client error (Connect)`
 * stands only where the connection never stood.
 */
const SAID: readonly (readonly [said: RegExp, fault: Fault])[] = [
  [/\(Connect\).*dns error/s, 'dns'],
  [/\(Connect\).*(os error (111|61|10061)|refused)/s, 'refused'],
  [/\(Connect\).*(certificate|corrupt message|alert|handshake|tls)/is, 'tls'],
  [/\(Connect\).*os error (110|60|10060)/s, 'connect-timeout'],
  [/\(Connect\)/, 'unreachable'],
  [/os error (104|54|10054|32)\b|closed before message completed|unexpected end of file/i, 'reset'],
  [/^error (sending|decoding|reading)|\(os error \d+\)/, 'network'],
];

/** Reads from what Deno's `fetch` rejected with how the network failed; null where it was not the network. */
export function denoFault(error: unknown): Fault | null {
  const { cause, message = '' } = error instanceof Error ? error : {};
  const told = cause instanceof Error ? cause.message : message;
  return SAID.find(([said]) => said.test(told))?.[1] ?? networkFault(error);
}
