import { describe, expect, it } from 'vitest';
import { networkFault } from '../../../src/runtime/networkFault.ts';

const errorOf = (clues: object, message = '') => Object.assign(new Error(message), clues);
const failed = (cause: unknown) => new TypeError('fetch failed', { cause });

describe('what platforms say that say no more', () => {
  it.each([
    ['Chromium', 'Failed to fetch'],
    ['Chromium, newer', 'Failed to fetch (chat.example.com)'],
    ['Chromium, in a body', 'network error'],
    ['Firefox', 'NetworkError when attempting to fetch resource.'],
    ['WebKit', 'Load failed'],
    ['WebKit, older', 'The network connection was lost.'],
    ['WebKit, older', 'The Internet connection appears to be offline.'],
    ['WebKit, older', 'A server with the specified hostname could not be found.'],
    ['WebKit, older', 'Could not connect to the server.'],
    ['WebKit, older', 'The request timed out.'],
    ['WebKit, older', 'An SSL error has occurred and a secure connection to the server cannot be made.'],
    ['React Native', 'Network request failed'],
    ['React Native', 'Network request timed out'],
    ['Expo', 'fetch failed: java.net.UnknownHostException: Unable to resolve host'],
    ['Cloudflare', 'Network connection lost.'],
    ['Deno', 'error sending request for url (https://chat.example.com/)'],
    ['Node, without a cause', 'fetch failed'],
  ])('is a fault of the network: %s, “%s”', (_platform, message) => {
    expect(networkFault(new TypeError(message))).toBe('network');
  });

  it.each([
    "Failed to execute 'fetch' on 'Window': Failed to parse URL from http://",
    "Failed to execute 'fetch' on 'Window': Invalid name",
    'Failed to parse URL from http://',
    'Window.fetch: http:// is not a valid URL.',
    'Window.fetch: a b is an invalid header name.',
    'Request with GET/HEAD method cannot have body.',
    "Header 'a b' has invalid value: 'c'",
    'Cannot construct a Request with a Request object that has already been used.',
    'Body is unusable: Body has already been read',
    'URL is not valid or contains user credentials.',
    'x is not a function',
  ])('is the caller’s: “%s”', (message) => {
    expect(networkFault(new TypeError(message))).toBeNull();
  });

  it.each([undefined, null, 'Failed to fetch', 7, {}, new Error()])('is the caller’s: %s', (value) => {
    expect(networkFault(value)).toBeNull();
  });
});

describe('codes', () => {
  it.each([
    ['refused', { code: 'ECONNREFUSED', syscall: 'connect' }],
    ['refused', { code: 'ConnectionRefused' }],
    ['connect-timeout', { code: 'ETIMEDOUT', syscall: 'connect' }],
    ['connect-timeout', { code: 'UND_ERR_CONNECT_TIMEOUT' }],
    ['unreachable', { code: 'ENETUNREACH', syscall: 'connect' }],
    ['unreachable', { code: 'EADDRNOTAVAIL', syscall: 'connect' }],
    ['unreachable', { code: 'ECONNRESET', syscall: 'connect' }],
    ['dns', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }],
    ['dns', { code: 'EAI_NONAME' }],
    ['dns', { code: 'ECONNREFUSED', syscall: 'queryA' }],
    ['tls', { code: 'CERT_NOT_YET_VALID' }],
    ['tls', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }],
    ['tls', { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }],
    ['tls', { code: 'INVALID_CA' }],
    ['tls', { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' }],
    ['tls', { code: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', syscall: 'connect' }],
    ['timeout', { code: 'UND_ERR_HEADERS_TIMEOUT' }],
    ['reset', { code: 'EPIPE', syscall: 'write' }],
    ['network', { code: 'ERR_HTTP2_STREAM_ERROR' }],
    ['network', { code: 'HPE_INVALID_CONSTANT' }],
    ['network', { name: 'HTTPParserError' }],
  ] as const)('are read as %s: %o', (fault, clues) => {
    expect(networkFault(failed(errorOf(clues)))).toBe(fault);
    // Other libraries throw them as they are.
    expect(networkFault(errorOf(clues))).toBe(fault);
  });

  it.each([
    ['a connection that stood and then fell silent', { code: 'ETIMEDOUT', syscall: 'read' }, 'reset'],
    ['a route that broke under a connection', { code: 'EHOSTUNREACH', syscall: 'read' }, 'reset'],
    ['an alert that may come later', { code: 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC' }, 'network'],
    ['a certificate that the server missed', { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 'network'],
    ['a code without its system call', { code: 'ETIMEDOUT' }, 'reset'],
  ] as const)('do not prove that nothing was sent: %s', (_what, clues, fault) => {
    expect(networkFault(failed(errorOf(clues)))).toBe(fault);
  });

  it.each(['ERR_INVALID_URL', 'UND_ERR_INVALID_ARG', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'ENOENT', 'CLOSED', 20])(
    'are the caller’s: %s',
    (code) => {
      expect(networkFault(failed(errorOf({ code })))).toBeNull();
    },
  );
});

describe('several addresses of one name', () => {
  const refused = errorOf({ code: 'ECONNREFUSED', syscall: 'connect' });
  const noRoute = errorOf({ code: 'ENETUNREACH', syscall: 'connect' });
  const reset = errorOf({ code: 'ECONNRESET', syscall: 'read' });

  it('are refused where one refuses and no route leads to the other', () => {
    expect(networkFault(failed(new AggregateError([noRoute, refused])))).toBe('refused');
    expect(networkFault(failed(new AggregateError([noRoute, noRoute])))).toBe('unreachable');
  });

  it('never claim that nothing was sent where one may have got the request', () => {
    expect(networkFault(new AggregateError([refused, reset]))).toBe('reset');
  });

  it('are the caller’s where none of them is of the network', () => {
    expect(networkFault(new AggregateError([new Error('mine')]))).toBeNull();
    expect(networkFault(new AggregateError([]))).toBeNull();
  });
});

it('reads causes that lead in a circle', () => {
  const one = new Error('one');
  const two = new Error('two', { cause: one });
  one.cause = two;
  expect(networkFault(one)).toBeNull();
});
