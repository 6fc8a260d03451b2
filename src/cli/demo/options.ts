import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type DemoCommand =
  | { readonly kind: 'play'; readonly json: boolean }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly complaint: string };

export const HELP = `Usage: npm run demo -- [--json]

Starts two servers and hurts the active one in every way that servers fail:
first while a client sends requests, then while a few clients talk to each
other. Counts what became of each request and each message. Takes about a
minute.

  --json   print one JSON document at the end, and nothing else
  --help   print this

Ends with 0 if no request was lost and none was processed twice that must not
be, and every message arrived once and in order; with 1 if a promise was broken,
with 2 for a wrong argument, and with 130 if it was interrupted.
`;

export function readArguments(words: readonly string[]): DemoCommand {
  try {
    const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values } = parseArgs({ args: [...words], options, strict: true, allowPositionals: false });
    return values.help === true ? { kind: 'help' } : { kind: 'play', json: values.json ?? false };
  } catch (error) {
    return { kind: 'wrong', complaint: error instanceof Error ? error.message : String(error) };
  }
}
