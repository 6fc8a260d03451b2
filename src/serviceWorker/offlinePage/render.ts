import { POOL_DEFAULTS } from '../../policy/defaults.ts';
import { invalidOption, refuseUnknown } from '../../policy/fill.ts';
import type { SiteConfig } from '../../site/config.ts';
import { BLOCK_ID, type PageBlock, type PageTexts } from './block.ts';
import type { OfflineKit } from './kit.ts';
import { readLanguages } from './languages.ts';
import { logoUrl } from './logo.ts';
import type { OfflineLook } from './look.ts';
import { COLOURS, paletteCss } from './palette.ts';
import { en } from './texts/en.ts';

/** Where scripts are off, the browser asks again by itself, in seconds. */
const REFRESH_SECONDS = 20;

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
  const texts = readLanguages(look);
  const language = Object.keys(texts)[0] ?? 'en';
  const words: PageTexts = texts[language] ?? en;
  const script = config.handoff === null ? kit.script : kit.handoffScript;
  const style = `${colourCss(look.colours)}${kit.style}`;
  const title = readTitle(look.title);
  return `<!doctype html>
<html lang="${html(language)}" dir="${words.dir ?? 'ltr'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${html(policy(config, kit.sha256(script), kit.sha256(style)))}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>
<title>${html(title === '' ? words.heading : `${words.heading} · ${title}`)}</title>
<style>${style}</style>
</head>
<body>
${body(config, words, title, look.logo)}
<script type="application/json" id="${BLOCK_ID}">${json(pageBlock(config, texts))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** What it says to those who have no scripts, and what the script fills with life. */
function body(config: SiteConfig, words: PageTexts, title: string, logo: string | undefined): string {
  const name = html(title);
  const sign = logo === undefined ? name : `<img src="${html(logoUrl(logo))}" alt="${name}">`;
  const rows = config.hosts.map(({ origin }) => {
    const shown = html(origin.replace(/^\w+:\/\//, ''));
    return `<li><a href="${html(origin)}/" dir="ltr">${shown}</a><span></span></li>`;
  });
  return `<main>
${sign === '' ? '' : `<p class="site">${sign}</p>\n`}<h1>${html(words.heading)}</h1>
<p role="status">${html(words.lead)}</p>
<ul aria-label="${html(words.servers)}">
${rows.join('\n')}
</ul>
<p class="act" hidden><button type="button">${html(words.tryNow)}</button><span></span></p>
<p class="asked" hidden><span>${html(words.asked)}</span> <bdi></bdi></p>
<noscript><p class="act"><a href="">${html(words.tryNow)}</a></p></noscript>
</main>`;
}

function pageBlock(config: SiteConfig, texts: PageBlock['texts']): PageBlock {
  const { hosts, mode, probeMs, marker, offlinePage, handoff, dwellMs } = config;
  const { backoffBaseMs, backoffCapMs } = POOL_DEFAULTS.retry;
  return {
    hosts,
    mode,
    probeMs,
    marker,
    offlinePage,
    handoff,
    baseMs: backoffBaseMs,
    capMs: backoffCapMs,
    offlineCapMs: POOL_DEFAULTS.probe.periodMs,
    guardMs: Math.max(dwellMs, LEAST_GUARD_MS),
    texts,
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
