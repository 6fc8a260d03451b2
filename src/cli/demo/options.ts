import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type DemoCommand =
  | { readonly kind: 'play'; readonly json: boolean }
  | { readonly kind: 'web'; readonly mode: string; readonly port: number }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly complaint: string };

const MODES = ['offline-page', 'redirect', 'transparent'];

export const HELP = `Usage: npm run demo -- [--json]
       npm run demo -- --web [--mode <mode>] [--port <port>]

Starts two servers and hurts the active one in every way that servers fail:
first while a client sends requests, then while a few clients talk to each
other. Counts what became of each request and each message. Takes about a
minute.

  --json   print one JSON document at the end, and nothing else
  --web    serve a web app from two hostnames instead, with a page on which you
           kill, freeze, drain and start its servers yourself
  --mode   what its service worker does when a server fails: offline-page (if
           not given), redirect or transparent
  --port   of that page, 8000 if not given; the servers take the next two
  --help   print this

Ends with 0 if no request was lost and none was processed twice that must not
be, and every message arrived once and in order; with 1 if a promise was broken,
with 2 for a wrong argument, and with 130 if it was interrupted.
`;

export function readArguments(words: readonly string[]): DemoCommand {
  try {
    const options = {
      json: { type: 'boolean' },
      web: { type: 'boolean' },
      mode: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    const { values } = parseArgs({ args: [...words], options, strict: true, allowPositionals: false });
    if (values.help === true) return { kind: 'help' };
    if (values.web === true) return web(values);
    if (values.mode !== undefined || values.port !== undefined) throw new Error('--mode and --port go with --web.');
    return { kind: 'play', json: values.json ?? false };
  } catch (error) {
    return { kind: 'wrong', complaint: error instanceof Error ? error.message : String(error) };
  }
}

interface WebValues {
  readonly json?: boolean;
  readonly mode?: string;
  readonly port?: string;
}

function web({ json, mode = 'offline-page', port = '8000' }: WebValues): DemoCommand {
  if (json === true) throw new Error('--json does not go with --web.');
  if (!MODES.includes(mode)) throw new Error(`--mode can't be ${mode}: it is one of ${MODES.join(', ')}.`);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_533) throw new Error(`--port can't be ${port}.`);
  return { kind: 'web', mode, port: Number(port) };
}
