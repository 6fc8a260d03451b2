import { HOST_COLOURS, PLOT_STYLE } from '../../fleet/plot/look.ts';
import { linePath, niceStep, type Panel, timeAxis, xOf, yOf } from '../../fleet/plot/panel.ts';

/** One run, or one host: a strip of the picture. Values are by the second; null where there is none. */
export interface PlotRow {
  readonly title: string;
  /** What to take from it, at its right. */
  readonly note: string;
  /** Loads over capacity, in the order of the legend; null where a row has no such line. */
  readonly loads: readonly (readonly (number | null)[] | null)[];
  /** The share of requests that were served, as a strip below; null for none. */
  readonly served: readonly (number | null)[] | null;
}

/** Rows under each other, over the same time and with the same scale. */
export interface PlotSheet {
  readonly title: string;
  readonly about: string;
  readonly seconds: number;
  readonly bands: readonly { readonly fromMs: number; readonly untilMs: number; readonly words: string }[];
  /** Names of the lines. */
  readonly legend: readonly string[];
  /** Loads above this are cut off: one that is far higher would make all others flat. */
  readonly most: number;
  readonly rows: readonly PlotRow[];
}

const WIDTH = 720;
const LEFT = 52;
const PLOT_WIDTH = WIDTH - LEFT - 24;
const TOP = 110;
const LOAD_HEIGHT = 84;
const STRIP_HEIGHT = 9;
const ROW_HEIGHT = LOAD_HEIGHT + STRIP_HEIGHT + 54;
/** Room above the highest load, for its mark and for what the fault is called. */
const HEADROOM = 1.12;
/** Points of a line: more would be closer together than anybody can see. */
const POINTS = 220;

/** Phones show the picture at half its size; style sheets of a picture see the width that it is shown at. */
const STYLE = `${PLOT_STYLE}
.lost { opacity: .28; }
.got { opacity: .75; }
.band { opacity: .08; }
@media (max-width: 520px) {
text { font-size: 20px; }
.title { font-size: 27px; }
.head { font-size: 21px; }
.fine { display: none; }
}`;

/** A picture of several runs as SVG. It has no script and needs no other file. */
export function plotRows(sheet: PlotSheet): string {
  const { title, about, rows } = sheet;
  const height = TOP + rows.length * ROW_HEIGHT + 14;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" aria-labelledby="title about">
<title id="title">${escaped(title)}</title>
<desc id="about">${escaped(`${about} ${rows.map((row) => `${row.title}: ${row.note}.`).join(' ')}`)}</desc>
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="10"/>
<text class="ink title" x="24" y="38">${escaped(title)}</text>
<text class="quiet fine" x="24" y="61">${escaped(about)}</text>
${legend(sheet)}
${rows.map((row, at) => drawn(row, at, sheet)).join('\n')}
</svg>
`;
}

function legend({ legend: names }: PlotSheet): string {
  let x = 24;
  return names
    .map((name, at) => {
      const from = x;
      x += 34 + name.length * 10.5;
      const dot = `<rect class="fill${at % HOST_COLOURS}" x="${from}" y="79" width="16" height="5" rx="2.5"/>`;
      return `${dot}<text class="ink" x="${from + 22}" y="87">${escaped(name)}</text>`;
    })
    .join('');
}

function drawn(row: PlotRow, at: number, sheet: PlotSheet): string {
  const { seconds, most, rows } = sheet;
  const top = TOP + at * ROW_HEIGHT + 26;
  const every = Math.ceil(seconds / POINTS);
  const room: Panel = { left: LEFT, top, width: PLOT_WIDTH, height: LOAD_HEIGHT, seconds, most: most * HEADROOM };
  const panel: Panel = { ...room, seconds: seconds / every };
  const strip: Panel = { ...panel, top: top + LOAD_HEIGHT + 5, height: STRIP_HEIGHT, most: 1 };
  const axis = { ...strip, seconds };
  return [
    `<text class="ink head" x="24" y="${top - 11}">${escaped(row.title)}</text>`,
    `<text class="quiet edge" x="${LEFT + PLOT_WIDTH}" y="${top - 11}">${escaped(row.note)}</text>`,
    marks(room, most),
    bandsOf(sheet, at, room),
    ...row.loads.map((values, line) => {
      const highestUpTo = (some: readonly number[]) => Math.min(most, Math.max(...some));
      return values === null ? '' : lineOf(panel, thinned(values, every, highestUpTo), line);
    }),
    row.served === null ? '' : stripOf(strip, thinned(row.served, every, lowest)),
    at === rows.length - 1 ? timeAxis(axis) : '',
  ].join('\n');
}

const lineOf = (panel: Panel, values: readonly (number | null)[], line: number): string =>
  `<path class="line host${line % HOST_COLOURS}" d="${linePath(panel, values)}"/>`;

/** What was served in full height; what was not shows through. */
function stripOf(panel: Panel, values: readonly (number | null)[]): string {
  const { left, top, width, height } = panel;
  const bottom = top + height;
  const steps = values.map((value, at) => {
    const [before, now] = [at === 0 ? bottom : yOf(panel, values[at - 1] ?? 1), yOf(panel, value ?? 1)];
    return now === before ? '' : `H${xOf(panel, at)}V${now}`;
  });
  return `<rect class="fault lost" x="${left}" y="${top}" width="${width}" height="${height}"/>
<path class="area got" d="M${left} ${bottom}${steps.join('')}H${left + width}V${bottom}Z"/>`;
}

/** Lines across at 0 and at the marks, with the capacity among them. */
function marks(panel: Panel, most: number): string {
  const { left, width } = panel;
  const step = Math.max(1, niceStep(most, 3));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => {
    const y = yOf(panel, at * step);
    const line = `<line class="grid" x1="${left}" x2="${left + width}" y1="${y}" y2="${y}"/>`;
    return `${line}<text class="quiet edge" x="${left - 8}" y="${y + 4.5}">${at * step}</text>`;
  })
    .concat(`<line class="limit" x1="${left}" x2="${left + width}" y1="${yOf(panel, 1)}" y2="${yOf(panel, 1)}"/>`)
    .join('\n');
}

/** When something was wrong; what it was, in the first row. */
function bandsOf({ bands }: PlotSheet, at: number, panel: Panel): string {
  return bands
    .map(({ fromMs, untilMs, words }) => {
      const [from, to] = [xOf(panel, fromMs / 1000), xOf(panel, untilMs / 1000)];
      const width = Math.max(1, Math.round((to - from) * 10) / 10);
      const band = `<rect class="band" x="${from}" y="${panel.top}" width="${width}" height="${panel.height}"/>`;
      return at > 0
        ? band
        : `${band}<text class="fault" x="${from + 5}" y="${panel.top + 15}">${escaped(words)}</text>`;
    })
    .join('');
}

/** One value for each few seconds. */
function thinned(
  values: readonly (number | null)[],
  every: number,
  choose: (values: readonly number[]) => number,
): readonly (number | null)[] {
  return Array.from({ length: Math.floor(values.length / every) }, (_, at) => {
    const known = values.slice(at * every, (at + 1) * every).filter((value) => value !== null);
    return known.length === 0 ? null : choose(known);
  });
}

const lowest = (values: readonly number[]): number => Math.min(...values);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Titles come from files. */
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] as string);
