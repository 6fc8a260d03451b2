import { affinity } from './affinity.ts';
import { failover } from './failover.ts';
import { million } from './million.ts';
import { offline } from './offline.ts';
import { overload } from './overload.ts';
import type { Section } from './section.ts';
import { rule, sizing } from './sizing.ts';
import { window } from './window.ts';

/** All sections of docs/scale.md with figures, in their order. */
export const SECTIONS: readonly Section[] = [failover, overload, rule, window, million, affinity, offline, sizing];
