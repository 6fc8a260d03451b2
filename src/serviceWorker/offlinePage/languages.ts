import { invalidOption, refuseUnknown } from '../../policy/fill.ts';
import type { PageLanguage, PageTexts } from './block.ts';
import type { OfflineLook } from './look.ts';
import { en } from './texts/en.ts';
import { TEXTS } from './texts/index.ts';
import { type OfflineTexts, WITH_PLACE } from './texts/text.ts';

/** Languages that are read from right to left. */
const RTL: readonly string[] = ['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'];

/** Where a browser may name a language in another way than we do: traditional Chinese by its place, Hebrew by its old code. */
const PATTERNS: Readonly<Record<string, string>> = { 'zh-Hant': 'zh-(hant|tw|hk|mo)', he: '(he|iw)' };

const KEYS = Object.keys(en) as (keyof OfflineTexts)[];

/**
 * All languages that a page is to speak, own words laid over its own.
 *
 * @throws SwitchoverError `INVALID_OPTION` for a language without texts, a text that there is no place for, or one without its `{}`.
 */
export function readLanguages({
  languages = [],
  texts = {},
}: Pick<OfflineLook, 'languages' | 'texts'>): readonly [PageLanguage, ...PageLanguage[]] {
  if (!Array.isArray(languages)) throw invalidOption('languages is no list', "Give a list such as ['en', 'de'].");
  const [first, ...others] = new Set<string>([...languages, 'en', ...Object.keys(texts)]);
  const read = (tag: string): PageLanguage => readLanguage(tag, texts[tag] ?? {});
  return [read(first ?? 'en'), ...others.map(read)];
}

function readLanguage(tag: string, own: Partial<OfflineTexts>): PageLanguage {
  if (typeof tag !== 'string' || !/^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i.test(tag)) {
    throw invalidOption(`languages can't hold ${JSON.stringify(tag)}`, 'Use tags such as de or pt-BR (BCP 47).');
  }
  return [tag, `^${PATTERNS[tag] ?? tag}\\b`, readTexts(tag, own)];
}

function readTexts(tag: string, own: Partial<OfflineTexts>): PageTexts {
  refuseUnknown(own, KEYS, `texts.${tag}.`);
  const known: Partial<OfflineTexts> = Object.entries(TEXTS).find(([name]) => name === tag)?.[1] ?? {};
  const given = Object.entries(own).filter(([, text]) => text !== undefined);
  const all: Partial<Record<string, string>> = { ...known, ...Object.fromEntries(given) };
  const missing = KEYS.filter((key) => typeof all[key] !== 'string' || all[key] === '');
  if (missing.length > 0) {
    const remedy = `Give texts.${tag}: ${missing.join(', ')}. Known by themselves: ${Object.keys(TEXTS).join(', ')}.`;
    throw invalidOption(`Language ${tag} lacks texts`, remedy);
  }
  const placeless = WITH_PLACE.find((key) => all[key]?.split('{}').length !== 2);
  if (placeless !== undefined) {
    throw invalidOption(
      `texts.${tag}.${placeless} has not exactly one {}`,
      'Write {} where the name or the time goes.',
    );
  }
  const [base = ''] = tag.split('-');
  return { ...(all as unknown as OfflineTexts), ...(RTL.includes(base) && { dir: 'rtl' }) };
}

/** The more precise ones first, so that the first that fits is the best: `pt-BR` before `pt`. */
export const preciseFirst = (languages: readonly PageLanguage[]): readonly PageLanguage[] =>
  [...languages].sort(([one], [other]) => other.length - one.length);
