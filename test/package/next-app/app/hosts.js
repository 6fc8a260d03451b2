import { createFailover } from 'switchover';

export const hosts = () => JSON.parse(process.env.HOSTS);

let failover;

/** One for all requests of this process: what one learns of the hosts, all know. */
export function serverFailover() {
  failover ??= createFailover({ hosts: hosts(), ejection: { connectFailures: 1 } });
  return failover;
}
