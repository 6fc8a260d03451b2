import { invalidOption, refuseUnknown } from '../../policy/fill.ts';

/** The colours of an offline page, as `#rgb` or `#rrggbb`. */
export interface Colours {
  /** Behind everything. Default `#f6f3ec` on a light screen, `#171613` on a dark one. */
  readonly background: string;
  /** Of text. At least 7:1 against the background, so that a fainter one is left for what matters less. Default `#23211c`, or `#ebe7dd`. */
  readonly text: string;
  /** Of hosts that answer, and around what has the focus. At least 4.5:1 against the background. Default `#0a6847`, or `#86d3ae`. */
  readonly accent: string;
}

export const COLOURS: Readonly<Record<'light' | 'dark', Colours>> = {
  light: { background: '#f6f3ec', text: '#23211c', accent: '#0a6847' },
  dark: { background: '#171613', text: '#ebe7dd', accent: '#86d3ae' },
};

/** WCAG 2.2, 1.4.3: contrast at level AA. What may be fainter than the text stays above it, too. */
const READABLE = 4.5;
const QUIET = 5.5;
const STRONG = 7;

type Channels = readonly [red: number, green: number, blue: number];

/**
 * The style sheet's variables for one scheme. What matters less is as faint as it may be.
 *
 * @throws SwitchoverError `INVALID_OPTION` for a colour that is no hexadecimal one, or that can't be read on its background.
 */
export function paletteCss(scheme: 'light' | 'dark', given: Partial<Colours> = {}): string {
  const where = `colours.${scheme}`;
  refuseUnknown(given, Object.keys(COLOURS.light), `${where}.`);
  const { background, text, accent } = { ...COLOURS[scheme], ...given };
  const paper = readColour(`${where}.background`, background);
  const ink = readColour(`${where}.text`, text);
  const signal = readColour(`${where}.accent`, accent);
  requireContrast(`${where}.text`, ink, paper, STRONG);
  requireContrast(`${where}.accent`, signal, paper, READABLE);
  const variables = { paper, ink, accent: signal, quiet: faintest(ink, paper, QUIET) };
  return Object.entries(variables)
    .map(([name, colour]) => `--${name}:${hex(colour)}`)
    .join(';');
}

function readColour(name: string, text: unknown): Channels {
  const [, digits = ''] = /^#([\da-f]{6}|[\da-f]{3})$/i.exec(String(text)) ?? [];
  if (digits === '') throw invalidOption(`${name} can't be ${JSON.stringify(text)}`, 'Write it as #rrggbb.');
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const channel = (at: number): number => Number.parseInt(long.slice(at, at + 2), 16);
  return [channel(0), channel(2), channel(4)];
}

function requireContrast(name: string, colour: Channels, paper: Channels, least: number): void {
  const ratio = contrast(colour, paper);
  if (ratio >= least) return;
  const complaint = `${name} has a contrast of ${ratio.toFixed(1)}:1 to its background`;
  throw invalidOption(complaint, `Choose colours that are further apart: ${least}:1 at least.`);
}

/** The colour nearest to the paper that still has the contrast. */
function faintest(ink: Channels, paper: Channels, least: number): Channels {
  for (let share = 0.02; share < 1; share += 0.02) {
    const mixed = mix(ink, paper, share);
    if (contrast(mixed, paper) >= least) return mixed;
  }
  return ink;
}

function mix(ink: Channels, paper: Channels, share: number): Channels {
  const channel = (at: 0 | 1 | 2): number => Math.round(ink[at] * share + paper[at] * (1 - share));
  return [channel(0), channel(1), channel(2)];
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: Channels, other: Channels): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: Channels): number {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const hex = (colour: Channels): string => `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
