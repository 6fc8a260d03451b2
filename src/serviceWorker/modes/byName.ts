import type { NavigationMode } from '../../site/config.ts';
import type { Mode } from '../navigation/workerSite.ts';
import { redirectMode } from './redirect.ts';
import { transparentMode } from './transparent.ts';

/** For whoever learns the mode only when the worker starts: a worker that is written for one mode has that alone. */
export const MODES: Readonly<Record<NavigationMode, Mode>> = {
  'offline-page': {},
  redirect: redirectMode,
  transparent: transparentMode,
};
