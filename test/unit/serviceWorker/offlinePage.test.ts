import { createHash } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildOfflineKit } from '../../../scripts/offlineKit.ts';
import { SwitchoverError } from '../../../src/policy/error.ts';
import type { PageBlock } from '../../../src/serviceWorker/offlinePage/block.ts';
import type { OfflineKit } from '../../../src/serviceWorker/offlinePage/kit.ts';
import type { OfflineLook } from '../../../src/serviceWorker/offlinePage/look.ts';
import { renderOfflinePage } from '../../../src/serviceWorker/offlinePage/render.ts';
import { TEXTS } from '../../../src/serviceWorker/offlinePage/texts/index.ts';
import { type OfflineTexts, WITH_PLACE } from '../../../src/serviceWorker/offlinePage/texts/text.ts';
import { readSiteOptions, type SiteOptions } from '../../../src/site/options.ts';

const HOSTS = ['https://www.example.com', 'https://backup.example.net'];

let kit: OfflineKit;
beforeAll(async () => {
  kit = await buildOfflineKit();
});

const render = (look: OfflineLook = {}, site: Partial<SiteOptions> = {}): string =>
  renderOfflinePage(readSiteOptions({ hosts: HOSTS, ...site }), look, kit);

/** The error that a look is refused with. */
function refusal(look: OfflineLook): SwitchoverError {
  try {
    render(look);
  } catch (error) {
    if (SwitchoverError.is(error)) return error;
    throw error;
  }
  throw new Error(`It was accepted: ${JSON.stringify(look)}`);
}

const between = (page: string, from: string, to: string): string => page.split(from)[1]?.split(to)[0] ?? '';
const blockOf = (page: string): PageBlock => JSON.parse(between(page, '<script type="application/json">', '</script>'));
const scriptOf = (page: string): string => between(page, '<script>', '</script>');
const styleOf = (page: string): string => between(page, '<style>', '</style>');
const policyOf = (page: string): string => between(page, 'Content-Security-Policy" content="', '"');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

describe('the page', () => {
  test('is at most 3 kB in Brotli with English, all of it in one file', () => {
    const page = render({ title: 'Example' });
    expect(brotliCompressSync(page).length).toBeLessThanOrEqual(3_000);
    expect(page).not.toMatch(/<(?:link|script|img|iframe)[^>]* (?:src|href)="(?!data:)/);
  });

  test.each([
    ['as it is', {}, {}],
    ['with own colours', { colours: { light: { accent: '#00f' } } }, {}],
    ['with a logo', { logo: '<svg></svg>' }, {}],
    ['with a session to take along', {}, { handoff: '/switchover-handoff' }],
  ] satisfies [string, OfflineLook, Partial<SiteOptions>][])(
    'names what may run and what may style it: %s',
    (_name, look, site) => {
      const page = render(look, site);
      expect(policyOf(page)).toContain(`script-src 'sha256-${sha256(scriptOf(page))}';`);
      expect(policyOf(page)).toContain(`style-src 'sha256-${sha256(styleOf(page))}';`);
    },
  );

  test('may ask its hosts, at their places for probes, and nobody else', () => {
    const probed = { url: 'https://[2001:db8::1]', health: 'https://health.example.org:8443/up' };
    expect(policyOf(render())).toMatch(/;connect-src https:\/\/www\.example\.com https:\/\/backup\.example\.net;/);
    expect(policyOf(render({}, { hosts: [HOSTS[0] ?? '', probed] }))).toContain(
      // The policy's grammar has no IPv6 addresses.
      'connect-src https://www.example.com https: https://health.example.org:8443;',
    );
    expect(policyOf(render())).toMatch(/^default-src 'none';.*;base-uri 'none';form-action 'none'$/);
  });

  test('is of use without its script: links to all hosts, and it asks again by itself', () => {
    const page = render();
    expect(page).toContain('<noscript><meta http-equiv="refresh" content="20"></noscript>');
    for (const host of HOSTS) expect(page).toContain(`<a href="${host}/">`);
    expect(page).toContain('<noscript><p><a href="">Try now</a></p></noscript>');
  });

  test('keeps what it is told apart from what it says', () => {
    const evil = `</script><script>alert(1)</script><!-- "'&`;
    const page = render({ title: evil, texts: { en: { heading: evil, lead: evil } } }, { marker: evil });
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<!--/g)).toBeNull();
    expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &quot;');
    expect(blockOf(page).marker).toBe(evil);
    expect(blockOf(page).languages[0]?.[2].heading).toBe(evil);
  });

  test('tells its script the numbers of the site, and never lets it lead in circles that are too fast', () => {
    const block = blockOf(render({}, { probeMs: 700, dwellMs: 0, mode: 'transparent' }));
    expect(block).toMatchObject({ probeMs: 700, guardMs: 10_000, stays: true, baseMs: 100, capMs: 20_000 });
    expect(blockOf(render())).toMatchObject({ guardMs: 30_000, hosts: readSiteOptions({ hosts: HOSTS }).hosts });
    expect(blockOf(render())).not.toHaveProperty('stays');
    expect(blockOf(render({}, { name: 'shop', handoff: '/move' })).session).toEqual({ name: 'shop', handoff: '/move' });
  });

  test('shows a host where a session comes from only where one is to be taken along', () => {
    expect(render()).not.toContain('referrer');
    expect(render({}, { handoff: '/move' })).toContain('<meta name="referrer" content="origin">');
  });
});

describe('languages', () => {
  const known = Object.entries(TEXTS);

  test.each(known)('%s says everything, and has a place where something is put in', (_tag, texts) => {
    expect(Object.keys(texts)).toEqual(Object.keys(TEXTS.en));
    for (const [key, text] of Object.entries(texts)) {
      const places = WITH_PLACE.some((name) => name === key) ? 1 : 0;
      expect(text.split('{}'), key).toHaveLength(places + 1);
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe('');
    }
  });

  test.each(known.filter(([tag]) => tag !== 'en'))('%s is no copy of English', (_tag, texts) => {
    const same = Object.entries(texts).filter(([key, text]) => TEXTS.en[key as keyof OfflineTexts] === text);
    expect(same).toEqual([]);
  });

  test('the first is what the page is written in; English is always there', () => {
    const page = render({ languages: ['he', 'de'] });
    expect(page).toContain('<html lang="he" dir="rtl">');
    expect(page).toContain(`<h1>${TEXTS.he.heading}</h1>`);
    expect(
      blockOf(page)
        .languages.map(([tag]) => tag)
        .sort(),
    ).toEqual(['de', 'en', 'he']);
    expect(render()).toContain('<html lang="en" dir="ltr">');
  });

  test.each([
    ['pt-BR', 'pt-BR'],
    ['pt-PT', 'pt'],
    ['PT', 'pt'],
    ['zh-TW', 'zh-Hant'],
    ['zh-Hant-HK', 'zh-Hant'],
    ['zh-CN', 'zh'],
    ['iw', 'he'],
    ['en-GB', 'en'],
    ['enm', undefined],
  ])('%s is read by the texts of %s', (wanted, tag) => {
    const { languages } = blockOf(render({ languages: ['pt', 'pt-BR', 'zh', 'zh-Hant', 'he'] }));
    expect(languages.find(([, pattern]) => new RegExp(pattern, 'i').test(wanted))?.[0]).toBe(tag);
  });

  test('own words are laid over those of the page, also of a language that it does not know', () => {
    const own = { ...TEXTS.en, heading: 'La servilo ne respondas' };
    const { languages } = blockOf(render({ texts: { en: { tryNow: 'Again' }, eo: own, fa: TEXTS.en } }));
    const texts = Object.fromEntries(languages.map(([tag, , said]) => [tag, said]));
    expect(texts['en']).toEqual({ ...TEXTS.en, tryNow: 'Again' });
    expect(texts['eo']).toEqual(own);
    expect(texts['fa']?.dir).toBe('rtl');
  });
});

describe('a look', () => {
  test.each([
    ['an option that nobody reads', { colors: {} }, /no option colors/],
    ['a language without texts', { languages: ['tlh'] }, /tlh lacks texts/],
    ['a language that is no tag', { languages: ['"><script>'] }, /can't hold/],
    ['languages that are no list', { languages: 'de' }, /no list/],
    ['a text that there is no place for', { texts: { en: { headline: 'x' } } }, /no option texts\.en\.headline/],
    ['an empty text', { texts: { en: { lead: '' } } }, /lacks texts/],
    ['a text without its place', { texts: { de: { next: 'bald' } } }, /texts\.de\.next has not exactly one/],
    ['a colour in words', { colours: { light: { text: 'black' } } }, /colours\.light\.text can't be "black"/],
    ['a colour with more in it', { colours: { dark: { text: '#fff;}body{' } } }, /colours\.dark\.text can't be/],
    ['text that is hard to read', { colours: { light: { text: '#777' } } }, /contrast of 4\.\d:1/],
    ['an accent that is hard to see', { colours: { dark: { accent: '#333' } } }, /contrast of 1\.\d:1/],
    ['a colour of no such name', { colours: { light: { paper: '#fff' } } }, /no option colours\.light\.paper/],
    ['a logo from the network', { logo: 'https://cdn.example/logo.png' }, /no image that the page could hold/],
    ['a logo that is a page', { logo: 'data:text/html,<script>' }, /no image that the page could hold/],
    ['a logo that breaks out', { logo: 'data:image/png,"onerror="x' }, /no image that the page could hold/],
    ['a title that is no text', { title: 7 }, /title can't be 7/],
  ])('is refused with %s', (_name, look, message) => {
    const error = refusal(look as OfflineLook);
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.message).toMatch(message);
    expect(error.remedy).not.toBe('');
  });

  test('a logo is an image, whatever is in it', () => {
    const svg = `<svg onload="alert(1)"><script>alert("2")</script></svg>`;
    const page = render({ title: 'A & B', logo: svg });
    const [, source = '', alt] = /<img src="([^"]*)" alt="([^"]*)">/.exec(page) ?? [];
    expect(decodeURIComponent(source)).toBe(
      `data:image/svg+xml,${svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')}`,
    );
    expect(alt).toBe('A &amp; B');
    expect(render({ logo: 'data:image/png;base64,AAAA' })).toContain('<img src="data:image/png;base64,AAAA" alt="">');
  });

  test('colours are those that were given, and what is fainter can still be read', () => {
    const style = styleOf(
      render({ colours: { light: { background: '#fff', text: '#000' }, dark: { accent: '#ABCDEF' } } }),
    );
    expect(style).toMatch(/^:root\{--paper:#ffffff;--ink:#000000;--accent:#0a6847;--quiet:#(\w\w)\1\1\}/);
    expect(style).toContain('--accent:#abcdef');
    const [, quiet = ''] = /--quiet:#(\w\w)/.exec(style) ?? [];
    // WCAG 2.2: #767676 on white has 4.54:1.
    expect(Number.parseInt(quiet, 16)).toBeLessThanOrEqual(0x76);
  });
});
