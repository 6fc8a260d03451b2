/** The pages that are loaded while all is well. */
export const PLAIN = '/plain.html';
export const RICH = '/rich.html';

const SCRIPTS = 10;
const STYLES = 5;
const IMAGES = 15;

/** How many files {@link RICH} is made of. */
export const FILES = SCRIPTS + STYLES + IMAGES;

const TEXT =
  '<p>A page as there are many, with a little text that nobody reads, so that it has the length of one.</p>\n';

const numbered = (count: number, path: (at: number) => string): string[] =>
  Array.from({ length: count }, (_, at) => path(at));

const scripts = numbered(SCRIPTS, (at) => `/files/${at}.js`);
const styles = numbered(STYLES, (at) => `/files/${at}.css`);
const images = numbered(IMAGES, (at) => `/files/${at}.svg`);

const page = (head: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">\n${head}\n${TEXT.repeat(80)}${body}</html>\n`;

/** All of them, and their files, by path. */
export function pageFiles(): Readonly<Record<string, string>> {
  const head = styles.map((path) => `<link rel="stylesheet" href="${path}">`);
  const body = [
    ...images.map((path) => `<img src="${path}" alt="" width="8" height="8">`),
    ...scripts.map((path) => `<script src="${path}"></script>`),
  ];
  const filler = '/* a line as it stands in a small file */\n'.repeat(40);
  const circle = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>';
  return {
    [PLAIN]: page('', ''),
    [RICH]: page(head.join('\n'), body.join('\n')),
    ...Object.fromEntries(scripts.map((path, at) => [path, `${filler}window.loaded${at} = true;\n`])),
    ...Object.fromEntries(styles.map((path, at) => [path, `${filler}.style${at} { color: inherit; }\n`])),
    ...Object.fromEntries(images.map((path) => [path, circle])),
  };
}
