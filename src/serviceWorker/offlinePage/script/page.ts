import type { SiteHost } from '../../../site/config.ts';
import type { PageBlock, PageLanguage } from '../block.ts';

/** The page that this script lies in: there is one, and the script ends with it. */

export const find = <Found extends HTMLElement>(selector: string): Found => document.querySelector(selector) as Found;

export const block: PageBlock = JSON.parse(find('script').innerHTML);

/** A host, with its row of the list. */
export interface PageHost extends SiteHost {
  readonly row: HTMLElement;
}

const rows = document.querySelectorAll('li');

export const hosts: readonly PageHost[] = block.hosts.map((host, at) => ({ ...host, row: rows[at] as HTMLElement }));

export const root = document.documentElement;

/** The first of the reader's languages that the page can speak, else the one that it is written in. */
const [spoken] = [...navigator.languages, root.lang].flatMap((wanted) =>
  block.languages.filter(([, pattern]) => new RegExp(pattern, 'i').test(wanted)),
);

export const [language, , texts] = spoken as PageLanguage;
