import type { Goal, Section, Table } from './report.ts';

/** A table for the terminal: the first column to the left, figures to the right. */
function asText({ columns, rows, words = false }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const show = (line: readonly string[]): string =>
    line
      .map((cell, at) => (at === 0 || words ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ');
  return [show(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(show)].join('\n');
}

/** The same for a page. */
function asMarkdown({ columns, rows, words = false }: Table): string {
  const show = (line: readonly string[]): string => `| ${line.join(' | ')} |`;
  const rule = `|${columns.map((_, at) => (at === 0 || words ? '---' : '---:')).join('|')}|`;
  return [show(columns), rule, ...rows.map(show)].join('\n');
}

const goalText = ({ promise, measured, met }: Goal): string =>
  `${met ? 'met    ' : 'NOT MET'}  ${promise}: ${measured}`;

export function sectionText({ title, how, tables, goals }: Section): string {
  return [
    title,
    '='.repeat(title.length),
    ...how,
    ...tables.flatMap(({ caption, table }) => ['', ...(caption === undefined ? [] : [caption]), asText(table)]),
    '',
    ...goals.map(goalText),
    '',
  ].join('\n');
}

export function sectionMarkdown({ title, how, tables, goals }: Section): string {
  return [
    `## ${title}`,
    '',
    ...how,
    ...tables.flatMap(({ caption, table }) => [
      '',
      ...(caption === undefined ? [] : [`${caption}:`, '']),
      asMarkdown(table),
    ]),
    '',
    ...goals.map(
      ({ promise, measured, met }) => `- ${met ? 'Met' : '**Not met**'}: ${promise}. Measured: ${measured}.`,
    ),
    '',
  ].join('\n');
}
