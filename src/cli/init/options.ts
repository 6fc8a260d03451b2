import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { SwitchoverError } from '../../policy/error.ts';
import { invalidOption } from '../../policy/fill.ts';
import { scanHost } from '../../policy/host.ts';
import type { PublishOptions } from '../../publish/options.ts';
import type { InitWords } from './words.ts';

/**
 * What the command line and the config file come to. Values are checked where they are used.
 *
 * @throws SwitchoverError `READ_FAILED`, or `INVALID_OPTION` for a config file that holds no options.
 */
export async function readInitOptions(words: InitWords): Promise<PublishOptions> {
  const config = words.config === undefined ? { hosts: [] } : await readConfig(words.config);
  const page = defined({
    languages: words.lang?.split(',').map((language) => language.trim()),
    title: words.title,
    logo: words.logo === undefined ? undefined : await readLogo(words.logo),
    colours: words.colour === undefined ? undefined : accents(words.colour),
  });
  const given = defined({
    hosts: words.hosts?.split(',').map((host) => withScheme(host.trim())),
    mode: words.mode,
    name: words.name,
    base: words.base,
    probePath: words['probe-path'],
    marker: words.marker,
    handoff: words.handoff,
    assets: words.assets === undefined ? undefined : groupsOf(words.assets),
    allowInsecure: words['allow-insecure'],
    ownWorker: words['own-worker'],
  });
  return { ...config, ...given, page: { ...config.page, ...page } };
}

/** `a b; c d` is two groups of two. */
const groupsOf = (text: string): readonly (readonly string[])[] =>
  text.split(';').map((group) => group.trim().split(/\s+/).map(withScheme));

/** A host as people say it: https, unless it is this machine. */
function withScheme(host: string): string {
  if (host.includes('://')) return host;
  return `${scanHost(`http://${host}`)?.local === true ? 'http' : 'https'}://${host}`;
}

/** `#0a6847,#86d3ae`: on a light screen, and on a dark one. */
function accents(text: string): unknown {
  const [light, dark, ...more] = text.split(',').map((colour) => colour.trim());
  if (more.length > 0)
    throw invalidOption(`--colour can't be ${text}`, 'Give one for light screens, and one for dark ones.');
  return { light: { accent: light }, ...(dark === undefined ? {} : { dark: { accent: dark } }) };
}

const IMAGES: Readonly<Record<string, string>> = {
  '.png': 'png',
  '.webp': 'webp',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.gif': 'gif',
};

/** The page loads nothing, so it holds its logo itself. What drawing programs put before an SVG stays away. */
async function readLogo(path: string): Promise<string> {
  const type = IMAGES[extname(path).toLowerCase()];
  if (type !== undefined) return `data:image/${type};base64,${(await readBytes(path)).toString('base64')}`;
  const text = await readText(path);
  return text.slice(Math.max(0, text.indexOf('<svg')));
}

async function readConfig(path: string): Promise<PublishOptions> {
  const text = await readText(path);
  const remedy = 'Give a JSON object with the options of the site: { "hosts": ["https://…", "https://…"] }.';
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw invalidOption(`${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`, remedy);
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw invalidOption(`${path} holds no options`, remedy);
  }
  return config as PublishOptions;
}

const readText = async (path: string): Promise<string> => (await readBytes(path)).toString('utf8');

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = 'Name a file that is there. Paths begin where the command is run.';
    throw new SwitchoverError('READ_FAILED', `${path} could not be read: ${reason}.`, { remedy, cause: error });
  }
}

/** Without what was not given, so that it hides no value of the config file. */
const defined = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
