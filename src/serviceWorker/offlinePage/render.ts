import { POOL_DEFAULTS } from '../../policy/defaults.ts';
import { invalidOption, refuseUnknown } from '../../policy/fill.ts';
import type { SiteConfig } from '../../site/config.ts';
import type { PageBlock, PageTexts } from './block.ts';
import type { OfflineKit } from './kit.ts';
import { preciseFirst, readLanguages } from './languages.ts';
import { logoUrl } from './logo.ts';
import type { OfflineLook } from './look.ts';
import { COLOURS, paletteCss } from './palette.ts';

/** Where scripts are off, the browser asks again by itself, in seconds. */
const REFRESH_SECONDS = 20;

/** A host that is to take a session over must see where it comes from. */
const REFERRER = '<meta name="referrer" content="origin">\n';

/** Said only where there is a logo: most pages have none, and each is to be small. */
const LOGO_CSS = 'img{max-width:60%;max-height:3rem}';

/** A site that lets its users move back at once must not lead them in circles that fast. */
const LEAST_GUARD_MS = 10_000;

/**
 * The whole offline page of a site, as one file that loads nothing: not from the network, and not from another host.
 *
 * @param config As `readSiteOptions` made it.
 * @throws SwitchoverError `INVALID_OPTION` for a look with an unknown option, a language without texts, a colour that can't be read, or a
 * logo that is no image.
 */
export function renderOfflinePage(config: SiteConfig, look: OfflineLook, kit: OfflineKit): string {
  refuseUnknown(look, ['title', 'logo', 'languages', 'texts', 'colours']);
  const languages = readLanguages(look);
  const [language, , words] = languages[0];
  const script = config.handoff === null ? kit.script : kit.handoffScript;
  const style = `${colourCss(look.colours)}${kit.style}${look.logo === undefined ? '' : LOGO_CSS}`;
  const title = readTitle(look.title);
  const suffix = title === '' ? '' : ` · ${title}`;
  return `<!doctype html>
<html lang="${html(language)}" dir="${words.dir ?? 'ltr'}">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${html(policy(config, kit.sha256(script), kit.sha256(style)))}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${config.handoff === null ? '' : REFERRER}<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>
<title>${html(words.heading + suffix)}</title>
<style>${style}</style>
${body(config, words, title, look.logo)}
<script type="application/json">${json(pageBlock(config, suffix, preciseFirst(languages)))}</script>
<script>${script}</script>
`;
}

/** What it says to those who have no scripts, and what the script fills with life. */
function body(config: SiteConfig, words: PageTexts, title: string, logo: string | undefined): string {
  const name = html(title);
  const sign = logo === undefined ? name : `<img src="${html(logoUrl(logo))}" alt="${name}">`;
  const rows = config.hosts.map(({ origin }) => {
    const shown = html(origin.replace(/^\w+:\/\//, ''));
    return `<li><a href="${html(origin)}/">${shown}</a><span></span></li>`;
  });
  return `<main>
${sign === '' ? '' : `<p>${sign}</p>\n`}<h1>${html(words.heading)}</h1>
<p role="status">${html(words.lead)}</p>
<ul>
${rows.join('\n')}
</ul>
<p><button></button><small></small></p>
<p><small><span></span> <bdi></bdi></small></p>
<noscript><p><a href="">${html(words.tryNow)}</a></p></noscript>
</main>`;
}

function pageBlock(config: SiteConfig, title: string, languages: PageBlock['languages']): PageBlock {
  const { hosts, name, mode, probeMs, marker, offlinePage, handoff, dwellMs } = config;
  const { backoffBaseMs, backoffCapMs } = POOL_DEFAULTS.retry;
  return {
    hosts,
    probeMs,
    marker,
    offlinePage,
    title,
    baseMs: backoffBaseMs,
    capMs: backoffCapMs,
    guardMs: Math.max(dwellMs, LEAST_GUARD_MS),
    ...(mode === 'transparent' && { stays: true }),
    ...(handoff !== null && { session: { name, handoff } }),
    languages,
  };
}

/** Nothing but what is in the page, and the hosts that it asks. */
function policy({ hosts }: SiteConfig, scriptHash: string, styleHash: string): string {
  const asked = new Set(hosts.flatMap(({ origin, probe }) => [origin, probe.replace(/^(\w+:\/\/[^/]*).*$/, '$1')]));
  // The policy's grammar has no IPv6 addresses: all that can be said of such a host is its scheme.
  const sources = [...asked].map((origin) => origin.replace(/\/\/\[.*$/, ''));
  return [
    "default-src 'none'",
    `script-src 'sha256-${scriptHash}'`,
    `style-src 'sha256-${styleHash}'`,
    'img-src data:',
    `connect-src ${[...new Set(sources)].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join(';');
}

function colourCss(colours: OfflineLook['colours'] = {}): string {
  refuseUnknown(colours, Object.keys(COLOURS), 'colours.');
  const [light, dark] = [paletteCss('light', colours.light), paletteCss('dark', colours.dark)];
  return `:root{${light}}@media(prefers-color-scheme:dark){:root{${dark}}}`;
}

function readTitle(title: unknown = ''): string {
  if (typeof title === 'string') return title.trim();
  throw invalidOption(`title can't be ${String(title)}`, 'Give a text.');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For text and for attributes in double quotes. */
const html = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');

/** `<` would let `</script>` or `<!--` end the block. */
const json = (value: PageBlock): string => JSON.stringify(value).replaceAll('<', '\\u003c');
