// What a user's project holds. Checked against the packed tarball, under each way to resolve modules.
import { createFailover, SwitchoverError } from 'switchover';
import { SwitchoverError as FromFetch } from 'switchover/fetch';
import * as node from 'switchover/node';
import * as testing from 'switchover/testing';

const error: SwitchoverError = new FromFetch('CLOSED', 'it was closed', { remedy: 'open another' });
const code: string = SwitchoverError.is(error) ? error.code : '';

// @ts-expect-error A code that the library does not have.
new SwitchoverError('NO_SUCH_CODE', '', { remedy: '' });

const failover = createFailover({ hosts: ['https://a.example.com'] });
// Options for one request, on those of `fetch` and on those of ky.
void failover.fetch('/', { failover: { pin: 'https://a.example.com' } });
void failover.http.get('x', { failover: { idempotencyKey: true } });

export const seen: readonly unknown[] = [code, node, testing];
