import type { PoolRule } from '../poolRule.ts';
import { brokenBodies } from './brokenBodies.ts';
import { constantProbes } from './constantProbes.ts';
import { failureWindow } from './failureWindow.ts';
import { localFaults } from './localFaults.ts';
import { oneProber } from './oneProber.ts';
import { retryDates } from './retryDates.ts';
import { serverHints } from './serverHints.ts';
import { signsOfLife } from './signsOfLife.ts';
import { silences } from './silences.ts';
import { sparingProbes } from './sparingProbes.ts';
import { trials } from './trials.ts';

/** All rules beyond the machine's own, in their order: each is around those before it. */
export const everyRule: readonly PoolRule[] = [
  brokenBodies,
  failureWindow,
  constantProbes,
  trials,
  silences,
  localFaults,
  serverHints,
  retryDates,
  oneProber,
  signsOfLife,
  sparingProbes,
];
