const markOf = (name: string, end: 'begin' | 'end'): string => `<!-- scale, ${name}: ${end} -->`;

/** What stands between a section's marks. */
export function figuresIn(page: string, name: string): string {
  const [, rest] = page.split(markOf(name, 'begin'));
  const [figures, after] = rest?.split(markOf(name, 'end')) ?? [];
  if (figures === undefined || after === undefined) throw new Error(`docs/scale.md has no marks for ${name}`);
  return figures.trim();
}

/** The page with a section's figures put between its marks. */
export function within(page: string, name: string, figures: string): string {
  const old = figuresIn(page, name);
  const [begin, end] = [markOf(name, 'begin'), markOf(name, 'end')];
  const [before = ''] = page.split(begin);
  const after = page.slice(page.indexOf(end) + end.length);
  return old === figures ? page : `${before}${begin}\n\n${figures}\n\n${end}${after}`;
}
