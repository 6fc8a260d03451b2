/** Where a panel stands on the page, and what its axes show. */
export interface Panel {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Seconds at the right end. */
  readonly seconds: number;
  /** The value at the top. The bottom is 0. */
  readonly most: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export const xOf = ({ left, width, seconds }: Panel, second: number): number =>
  round(left + (width * Math.min(second, seconds)) / seconds);

export const yOf = ({ top, height, most }: Panel, value: number): number =>
  round(top + height - (height * Math.min(value, most)) / most);

/** A line through the middle of each second. Seconds without a value leave a gap. */
export function linePath(panel: Panel, values: readonly (number | null)[]): string {
  let pen = 'M';
  const steps = values.map((value, second) => {
    if (value === null) {
      pen = 'M';
      return '';
    }
    const step = `${pen}${xOf(panel, second + 0.5)} ${yOf(panel, value)}`;
    pen = 'L';
    return step;
  });
  return steps.join('');
}

/** The area under such a line. */
export function areaPath(panel: Panel, values: readonly (number | null)[]): string {
  const known = values.map((value) => value ?? 0);
  const bottom = yOf(panel, 0);
  const end = xOf(panel, known.length - 0.5);
  return `M${xOf(panel, 0.5)} ${bottom}${linePath(panel, known).replace('M', 'L')}L${end} ${bottom}Z`;
}

/** Lines across with their values at the left. */
export function grid(panel: Panel, step: number, label: (value: number) => string): string {
  const lines = Math.floor(panel.most / step + 1e-9) + 1;
  return Array.from({ length: lines }, (_, at) => {
    const y = yOf(panel, at * step);
    const line = `<line class="grid" x1="${panel.left}" x2="${panel.left + panel.width}" y1="${y}" y2="${y}"/>`;
    return `${line}<text class="quiet edge" x="${panel.left - 10}" y="${y + 4.5}">${label(at * step)}</text>`;
  }).join('\n');
}

/** Seconds along the bottom. */
export function timeAxis(panel: Panel): string {
  const step = niceStep(panel.seconds, 8);
  const y = panel.top + panel.height + 20;
  return Array.from({ length: Math.floor(panel.seconds / step) + 1 }, (_, at) => {
    const unit = at === 0 ? ' s' : '';
    return `<text class="quiet middle" x="${xOf(panel, at * step)}" y="${y}">${at * step}${unit}</text>`;
  }).join('\n');
}

/** The distance between marks at which there are about as many of them: 1, 2 or 5 times a power of ten. */
export function niceStep(range: number, marks: number): number {
  const rough = range / marks;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}
