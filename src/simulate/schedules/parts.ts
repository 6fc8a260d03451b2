import { nextClientTickMs, stepClient } from '../../session/clientMachine.ts';
import { clientState, savedOf } from '../../session/clientState.ts';
import { nextServerTickMs, stepServer } from '../../session/serverMachine.ts';
import { CLIENT, SERVER } from './parties.ts';
import { SOUND } from './plainStore.ts';

/** What a run is made of. A mutant puts something else in the place of one part. */
export const PARTS = {
  stepClient,
  nextClientTickMs,
  restore: clientState,
  savedOf,
  stepServer,
  nextServerTickMs,
  steps: SOUND,
  client: CLIENT,
  server: SERVER,
};
export type Parts = Readonly<typeof PARTS>;
