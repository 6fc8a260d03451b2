/** A column's heading, over one or two lines. */
export type Heading = readonly [upper: string, lower: string];

/** Lines of a table: the first column to the left, all others to the right, two spaces between. */
export function table(headings: readonly Heading[], rows: readonly (readonly string[])[]): string[] {
  const upper = headings.map(([text]) => text);
  const lower = headings.map(([, text]) => text);
  const all = [upper, lower, ...rows];
  const widths = headings.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return all.map(line);
}

/** A time as people say it: `0 ms`, `840 ms`, `1.24 s`. */
export const inWords = (ms: number): string => (ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);
