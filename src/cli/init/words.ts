import { parseArgs } from 'node:util';

/** What `init` was told, as it stands on the command line. */
export interface InitWords {
  readonly folder: string;
  readonly hosts?: string;
  readonly mode?: string;
  readonly name?: string;
  readonly base?: string;
  readonly 'probe-path'?: string;
  readonly marker?: string;
  readonly handoff?: string;
  readonly assets?: string;
  readonly lang?: string;
  readonly title?: string;
  readonly logo?: string;
  readonly colour?: string;
  readonly config?: string;
  readonly 'allow-insecure'?: boolean;
  readonly 'own-worker'?: boolean;
  readonly kill?: boolean;
  readonly force?: boolean;
  readonly 'dry-run'?: boolean;
}

export type Command =
  | { readonly kind: 'init'; readonly words: InitWords }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly complaint: string };

export const HELP = `Usage: npx switchover init <public folder> --hosts <origin>,<origin> [options]
       npx switchover simulate [scenario] [options]    (its own --help says more)

Writes into the public folder of a site what lets it outlive its server: a service
worker, an offline page, a file that is probed, and a note of what pages and servers
have to say. Run again, it brings them up to date. A file that it did not write is
never replaced.

  --hosts <list>        the hosts of the site, best first; https:// may be left out
  --mode <mode>         what a page without its server becomes: offline-page (default),
                        redirect, or transparent
  --base <path>         where the site lies on its hosts; default /
  --name <name>         names what browsers store; the same as createFailover's
  --probe-path <path>   what is probed; default: a file that is made
  --marker <text>       what a healthy answer to a probe holds; default ok
  --handoff <path>      where hosts hand sessions over, so that people stay signed in
  --assets "a b; c d"   groups of other origins that serve the same files
  --own-worker          the site has a service worker: write what it loads first, instead
  --allow-insecure      accept http to hosts that are not local

Of the offline page:
  --lang <list>         languages beside English, such as de,fr
  --title <text>        name of the site
  --logo <file>         its picture: SVG, PNG, WebP, JPEG or GIF
  --colour <colour>     its accent colour as #rrggbb, or two: on light, on dark

  --config <file.json>  options from a file; what stands on the command line comes first
  --kill                put a worker there that takes any worker out of browsers
  --force               replace files of ours though they were edited
  --dry-run             tell what would be done, and do nothing
  --version, --help

Ends with 0, with 1 if nothing or not everything could be written, and with 2 for a
wrong argument.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  hosts: text,
  mode: text,
  name: text,
  base: text,
  'probe-path': text,
  marker: text,
  handoff: text,
  assets: text,
  lang: text,
  title: text,
  logo: text,
  colour: text,
  config: text,
  'allow-insecure': flag,
  'own-worker': flag,
  kill: flag,
  force: flag,
  'dry-run': flag,
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads a command line. What the words mean is looked at later. */
export function readCommand(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const { help, version, ...words } = values;
    if (help === true || args.length === 0) return { kind: 'help' };
    if (version === true) return { kind: 'version' };
    const [command, folder, ...more] = positionals;
    if (command !== 'init')
      return wrong(command === undefined ? 'No command is given.' : `There is no command ${command}.`);
    if (folder === undefined) return wrong('init needs the public folder of the site.');
    if (more.length > 0)
      return wrong(`init takes one folder; ${more.join(' ')} is too much. A list has no spaces, or stands in quotes.`);
    return { kind: 'init', words: { ...words, folder } };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const wrong = (complaint: string): Command => ({ kind: 'wrong', complaint });
