import { isHTTPError, isKyError, type KyInstance } from 'ky';
import type { Mode } from '../../rig/protocol.ts';

/** Something that an app does with ky, and what ky makes of it, told in plain data. */
export interface KyCase {
  readonly name: string;
  /** How the server is meanwhile. Default: well. */
  readonly mode?: Mode;
  /** Does it with one instance or another. `url` is the server's. */
  run(http: KyInstance, url: string): Promise<unknown>;
  /** What comes of it with ky alone, and so with ours. */
  readonly gives: unknown;
}

/** Does it; tells of the error if there was one, without what is other at each run. */
export async function attempt(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return told(error);
  }
}

/** An error, in plain data. */
export function told(error: unknown): unknown {
  if (isHTTPError(error)) {
    const { name, response, request, data } = error;
    return { name, status: response.status, method: request.method, path: pathOf(request.url), data };
  }
  return error instanceof Error ? { name: error.name, isKys: isKyError(error) } : { thrown: error };
}

const pathOf = (url: string): string => url.slice(new URL(url).origin.length);

/** What `/echo` answers. */
export interface Echo {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly bytes: number; readonly framing: string; readonly contentLength: number | null };
}
