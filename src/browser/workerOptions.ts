import { SwitchoverError } from '../policy/error.ts';
import { invalidOption, refuseUnknown } from '../policy/fill.ts';

/** Options of {@link registerWorker}. Every one may be left out. */
export interface WorkerOptions {
  /** Where the worker's script lies, on the page's own origin. Default `/switchover-sw.js`, as `npx switchover init` writes it. */
  readonly url?: string;
  /** The part of the site that it serves: a path, at or below the script's own folder. Default: that folder. */
  readonly scope?: string;
  /** `module` where the script is an ES module. Default `classic`. */
  readonly type?: WorkerType;
  /** Register at once, rather than when the page has loaded. What it costs then competes with the page. Default false. */
  readonly immediate?: boolean;
}

const TYPES: readonly unknown[] = ['classic', 'module'];

/** @throws SwitchoverError `INVALID_OPTION`. */
export function readWorkerOptions(
  given: WorkerOptions | string,
): WorkerOptions & Required<Omit<WorkerOptions, 'scope'>> {
  const options = typeof given === 'string' ? { url: given } : given;
  refuseUnknown(options, ['url', 'scope', 'type', 'immediate']);
  const { url = '/switchover-sw.js', type = 'classic', immediate = false, scope } = options;
  if (typeof url !== 'string' || url === '')
    throw invalidOption('url is no text', "Give the path of the worker's script.");
  if (scope !== undefined && typeof scope !== 'string') throw invalidOption('scope is no text', 'Give a path.');
  if (!TYPES.includes(type)) throw invalidOption(`type can't be ${String(type)}`, 'Use classic or module.');
  return { url, type, immediate, ...(scope === undefined ? {} : { scope }) };
}

/** What went wrong with a worker, and what to do about it. */
export function workerFailed(verb: string, cause: unknown): SwitchoverError {
  const name = (cause as { readonly name?: unknown } | null | undefined)?.name;
  const remedy =
    name === 'SecurityError'
      ? "Serve the script from the page's own origin, as JavaScript, and at or above the scope (or with Service-Worker-Allowed)."
      : 'See that the script can be loaded and runs; nothing else of the page depends on it.';
  return new SwitchoverError('WORKER_FAILED', `The service worker could not be ${verb}.`, { remedy, cause });
}
