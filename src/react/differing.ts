import type { ChannelOptions } from '../socket/channel/types.ts';

/** Plain data: two equal ones are the same, though each render makes its own. */
const DATA: readonly string[] = ['outbox', 'reconnect', 'heartbeat', 'acks'];

/**
 * The name of an option that a component wants otherwise than it is; null for none. What it does not give it leaves open.
 *
 * @param isFixed Whether what is not given yet can't be given any more.
 */
export function differing(options: ChannelOptions, wanted: ChannelOptions, isFixed: boolean): string | null {
  const isOther = ([name, value]: [string, unknown]): boolean => {
    // Channels of two names are two.
    if (name === 'name') return false;
    const own: unknown = options[name as keyof ChannelOptions];
    if (own === undefined) return isFixed;
    // Each render has its own function that gives the credential.
    if (name === 'credential') return false;
    return DATA.includes(name) ? JSON.stringify(own) !== JSON.stringify(value) : !Object.is(own, value);
  };
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return given.find(isOther)?.[0] ?? null;
}
