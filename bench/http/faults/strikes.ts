import type { Server } from '../../../test/rig/cluster.ts';
import { namespaceUnavailable } from '../../../test/rig/namespace.ts';
import type { Mode } from '../../../test/rig/protocol.ts';
import type { Rig } from '../../../test/rig/rig.ts';

/** The first host, and what is about to befall it. */
export interface Victim {
  readonly url: string;
  strike(): Promise<void>;
  heal(): Promise<void>;
}

/** A fault of the first host. */
export interface Fault {
  readonly name: string;
  /** In what the time that it adds is told: how a client finds out, by an answer or by waiting. */
  readonly unit: 'round trips' | 'attempt time-outs';
  /** Why it can't be shown on this machine, where it can't. */
  unavailable?(): Promise<string | undefined>;
  victim(rig: Rig): Promise<Victim>;
}

export const FAULTS: readonly Fault[] = [
  { name: 'refused', unit: 'round trips', victim: ofMode({ kind: 'refused' }) },
  { name: '503', unit: 'round trips', victim: ofMode({ kind: 'status', status: 503 }) },
  {
    name: 'black hole',
    unit: 'attempt time-outs',
    unavailable: namespaceUnavailable,
    async victim(rig) {
      const namespace = await rig.namespace();
      const { url } = await rig.server({ name: 'a', namespace });
      return { url, strike: () => namespace.blackhole(), heal: () => namespace.heal() };
    },
  },
  {
    name: 'frozen',
    unit: 'attempt time-outs',
    async victim(rig) {
      const server = await rig.server({ name: 'a' });
      return { url: server.url, strike: () => server.freeze(), heal: () => server.thaw() };
    },
  },
  { name: 'mute', unit: 'attempt time-outs', victim: ofMode({ kind: 'mute' }) },
];

function ofMode(mode: Mode): (rig: Rig) => Promise<Victim> {
  return async (rig) => {
    const server: Server = await rig.server({ name: 'a' });
    return { url: server.url, strike: () => server.mode(mode), heal: () => server.mode({ kind: 'ok' }) };
  };
}
