/** A table as Markdown has it: one object for each row, by the names in the first line; `row` is the first column. */
export function readTable(text: string): { readonly row: string; readonly cells: Readonly<Record<string, string>> }[] {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((line) => !/^-*$/.test(line.join('')));
  const [[, ...names] = [], ...rows] = lines;
  return rows.map(([row = '', ...cells]) => {
    if (cells.length !== names.length) throw new Error(`${row}: ${cells.length} cells for ${names.length} columns`);
    return { row, cells: Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])) };
  });
}
