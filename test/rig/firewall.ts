import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Drops every packet of one device inside a network namespace, or lets it pass. */
export interface Firewall {
  drop(): Promise<void>;
  pass(): Promise<void>;
}

const COMMAND_LIMIT_MS = 15_000;
const run = promisify(execFile);

/** Through `iptables` where it works, else through `nft`; throws where neither does. */
export async function createFirewall(namespace: string, device: string): Promise<Firewall> {
  const inside = async (file: string, ...args: readonly string[]): Promise<void> => {
    await run('ip', ['netns', 'exec', namespace, file, ...args], { timeout: COMMAND_LIMIT_MS });
  };
  try {
    await inside('iptables', '-w', '-n', '-L');
    return throughIptables(inside, device);
  } catch (iptablesError) {
    try {
      await inside('nft', 'list', 'ruleset');
      return throughNft(inside, device);
    } catch (nftError) {
      throw new AggregateError(
        [iptablesError, nftError],
        `neither iptables nor nft works: ${iptablesError}; ${nftError}`,
      );
    }
  }
}

type RunInside = (file: string, ...args: readonly string[]) => Promise<void>;

function throughIptables(inside: RunInside, device: string): Firewall {
  const pass = async (): Promise<void> => {
    await inside('iptables', '-w', '-F', 'INPUT');
    await inside('iptables', '-w', '-F', 'OUTPUT');
  };
  return {
    pass,
    async drop() {
      await pass();
      await inside('iptables', '-w', '-A', 'INPUT', '-i', device, '-j', 'DROP');
      await inside('iptables', '-w', '-A', 'OUTPUT', '-o', device, '-j', 'DROP');
    },
  };
}

function throughNft(inside: RunInside, device: string): Firewall {
  const table = `
    table inet rig {
      chain input { type filter hook input priority 0; iifname "${device}" drop; }
      chain output { type filter hook output priority 0; oifname "${device}" drop; }
    }`;
  const pass = (): Promise<void> => inside('nft', 'flush ruleset');
  return {
    pass,
    drop: () => inside('nft', `flush ruleset; ${table}`),
  };
}
