import type { FleetRecord } from '../record.ts';
import type { FleetReport } from '../report.ts';
import type { Fault, Scenario } from '../scenario.ts';
import { HOST_COLOURS, PLOT_STYLE } from './look.ts';
import { areaPath, grid, linePath, niceStep, type Panel, timeAxis, xOf, yOf } from './panel.ts';
import { type Wording, wordingOf } from './wording.ts';

const WIDTH = 960;
const HEIGHT = 570;
const LEFT = 74;
const PLOT_WIDTH = WIDTH - LEFT - 28;

/** A picture of a run as SVG: what was served, and what each host had to bear, over time. It has no script and needs no other file. */
export function plotFleet(scenario: Scenario, record: FleetRecord, report: FleetReport): string {
  const seconds = Math.floor(scenario.durationMs / 1000);
  const wording = wordingOf(record, report);
  const success: Panel = { left: LEFT, top: 112, width: PLOT_WIDTH, height: 130, seconds, most: 1 };
  const loads = record.hosts.map(({ load, capacityPerSecond }) =>
    load.slice(0, seconds).map((count) => count / capacityPerSecond),
  );
  const peak = Math.max(1, ...loads.map((values) => values.reduce((top, value) => Math.max(top, value), 0)));
  const step = niceStep(peak * 1.08, 5);
  const load: Panel = { ...success, top: 300, height: 230, most: step * Math.ceil((peak * 1.04) / step) };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title about">
<title id="title">${escaped(scenario.title)}</title>
<desc id="about">${escaped(`${scenario.about} ${wording.caption}`)}</desc>
<style>${PLOT_STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="10"/>
<text class="ink title" x="28" y="42">${escaped(scenario.title)}</text>
<text class="quiet" x="28" y="66">${escaped(wording.caption)}</text>
${bands(scenario, [success, load])}
${successPanel(success, wording)}
${loadPanel(load, scenario, loads, step, wording.load)}
${faultNames(scenario, success)}
${timeAxis(load)}
</svg>
`;
}

function successPanel(panel: Panel, { success, shares: all }: Wording): string {
  const shares = all.slice(0, panel.seconds);
  return `${head(panel, success)}
${grid(panel, 0.5, (value) => `${Math.round(value * 100)} %`)}
<path class="area" d="${areaPath(panel, shares)}"/>
<path class="line served" d="${linePath(panel, shares)}"/>`;
}

function loadPanel(
  panel: Panel,
  { hosts }: Scenario,
  loads: readonly (readonly number[])[],
  step: number,
  words: string,
): string {
  const limit = yOf(panel, 1);
  const lines = loads.map(
    (values, at) => `<path class="line host${at % HOST_COLOURS}" d="${linePath(panel, values)}"/>`,
  );
  const names = hosts.map(({ name }, at) => {
    const x = LEFT + PLOT_WIDTH - (hosts.length - at) * 92;
    const dot = `<rect class="fill${at % HOST_COLOURS}" x="${x}" y="${panel.top - 23}" width="14" height="4" rx="2"/>`;
    return `${dot}<text class="ink" x="${x + 20}" y="${panel.top - 16}">${escaped(name.slice(0, 9))}</text>`;
  });
  return `${head(panel, words)}
${names.join('\n')}
${grid(panel, step, (value) => String(Number(value.toFixed(2))))}
<line class="limit" x1="${LEFT}" x2="${LEFT + PLOT_WIDTH}" y1="${limit}" y2="${limit}"/>
${lines.join('\n')}`;
}

const head = ({ top }: Panel, words: string): string => `<text class="ink head" x="28" y="${top - 16}">${words}</text>`;

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly words: string;
}

const spansOf = ({ faults, offline }: Scenario): readonly Span[] => [
  ...faults.map((fault) => ({ ...fault, words: wordsOf(fault) })),
  ...(offline === null ? [] : [{ ...offline, words: 'clients offline' }]),
];

/** When something was wrong, in each panel. */
function bands(scenario: Scenario, panels: readonly Panel[]): string {
  return spansOf(scenario)
    .flatMap(({ fromMs, untilMs }) =>
      panels.map((panel) => {
        const [from, to] = [xOf(panel, fromMs / 1000), xOf(panel, untilMs / 1000)];
        const width = Math.max(1, Math.round((to - from) * 10) / 10);
        return `<rect class="band" x="${from}" y="${panel.top}" width="${width}" height="${panel.height}"/>`;
      }),
    )
    .join('\n');
}

/** What it was, over the lines of the upper panel. */
function faultNames(scenario: Scenario, panel: Panel): string {
  const y = panel.top + panel.height - 8;
  return spansOf(scenario)
    .map(
      ({ fromMs, words }) =>
        `<text class="fault" x="${xOf(panel, fromMs / 1000) + 6}" y="${y}">${escaped(words)}</text>`,
    )
    .join('\n');
}

const wordsOf = ({ host, kind, share, status }: Fault): string =>
  [`${host}:`, kind, ...(share === undefined ? [] : [`${Math.round(share * 100)} %`]), status ?? ''].join(' ').trim();

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Titles come from files. */
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] as string);
