import type { Kind } from './kind.ts';
import { bareWs } from './kinds/bareWs.ts';
import { channelOverMemory, channelOverSqlite, channelOverSqliteOfProcesses } from './kinds/channel.ts';
import { socketIo } from './kinds/socketIo.ts';

/** The measure of all first. */
const KINDS: readonly Kind[] = [bareWs, channelOverMemory, channelOverSqlite, channelOverSqliteOfProcesses, socketIo];

export function kindNamed(name: string): Kind {
  const kind = KINDS.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`There is no ${name}.`);
  return kind;
}
