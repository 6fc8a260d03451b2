import { describe, expect, test } from 'vitest';
import { denoFault } from '../../../src/deno/denoFault.ts';
import { plainFault } from '../../../src/runtime/plainFault.ts';

const sending = (rest: string): string => `error sending request for url (https://a.example.com/): ${rest}`;
const failed = (said: string): TypeError => new TypeError('fetch failed', { cause: new Error(said) });

describe('what Deno says', () => {
  test.each([
    ['refused', sending('client error (Connect): tcp connect error: Connection refused (os error 111)')],
    ['refused', sending('client error (Connect): tcp connect error: Connection refused (os error 61)')],
    ['unreachable', sending('client error (Connect): tcp connect error: No route to host (os error 113)')],
    ['connect-timeout', sending('client error (Connect): tcp connect error: Connection timed out (os error 110)')],
    [
      'dns',
      sending('client error (Connect): dns error: failed to lookup address information: Name or service not known'),
    ],
    ['tls', sending('client error (Connect): received corrupt message of type InvalidContentType')],
    ['tls', sending('client error (Connect): invalid peer certificate: UnknownIssuer')],
    ['reset', 'Connection reset by peer (os error 104)'],
    ['reset', sending('client error (SendRequest): connection closed before message completed')],
    ['network', sending('client error (SendRequest): something else')],
  ])('is %s: %s', (fault, said) => {
    expect(denoFault(failed(said))).toBe(fault);
  });

  test('of a body that broke is the network’s', () => {
    const broken = new TypeError('error reading a body from connection');
    expect([denoFault(broken), plainFault(broken)]).toEqual(['network', 'network']);
  });

  test('of bad arguments is the caller’s', () => {
    const invalid = new TypeError('Invalid header name: "a b"');
    expect([denoFault(invalid), plainFault(invalid)]).toEqual([null, null]);
  });
});

test.each([
  'ECONNREFUSED: Unable to connect.',
  'EHOSTUNREACH: Unable to connect.',
  'getaddrinfo ENOTFOUND a.example.com',
])('the small client understands Bun: %s', (message) => {
  expect(plainFault(new TypeError(message))).toBe('network');
});
