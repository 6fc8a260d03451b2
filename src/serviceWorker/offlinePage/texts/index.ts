import { ar } from './ar.ts';
import { cs } from './cs.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { he } from './he.ts';
import { it } from './it.ts';
import { ja } from './ja.ts';
import { ko } from './ko.ts';
import { nl } from './nl.ts';
import { pl } from './pl.ts';
import { pt } from './pt.ts';
import { ptBR } from './pt-BR.ts';
import { ru } from './ru.ts';
import { sv } from './sv.ts';
import type { OfflineTexts } from './text.ts';
import { tr } from './tr.ts';
import { uk } from './uk.ts';
import { zh } from './zh.ts';
import { zhHant } from './zh-Hant.ts';

/** The languages that the offline page can speak, by their tag (BCP 47). */
export type OfflineLanguage =
  | 'ar'
  | 'cs'
  | 'de'
  | 'en'
  | 'es'
  | 'fr'
  | 'he'
  | 'it'
  | 'ja'
  | 'ko'
  | 'nl'
  | 'pl'
  | 'pt'
  | 'pt-BR'
  | 'ru'
  | 'sv'
  | 'tr'
  | 'uk'
  | 'zh'
  | 'zh-Hant';

export const TEXTS: Readonly<Record<OfflineLanguage, OfflineTexts>> = {
  ar,
  cs,
  de,
  en,
  es,
  fr,
  he,
  it,
  ja,
  ko,
  nl,
  pl,
  pt,
  'pt-BR': ptBR,
  ru,
  sv,
  tr,
  uk,
  zh,
  'zh-Hant': zhHant,
};
