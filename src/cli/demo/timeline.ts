import type { Paint, Style } from './paint.ts';

/** Something that happened at one moment. */
export interface TimelineEvent {
  /** Since the start. */
  readonly atMs: number;
  readonly kind: 'act' | 'fault' | 'planned' | 'mended' | 'move' | 'return' | 'proven' | 'session' | 'warning';
  /** Name of the server that it is about; null for none. */
  readonly server: string | null;
  readonly what: string;
}

/** How a piece of work ended. */
export type MarkedEnd =
  | { readonly kind: 'answered'; readonly server: string }
  | { readonly kind: 'refused'; readonly why?: string }
  | { readonly kind: 'lost'; readonly why?: string };

/** Shows what happens while it happens: a line for each event, and between them a mark for each piece of work. */
export interface Timeline {
  readonly events: readonly TimelineEvent[];
  tell(kind: TimelineEvent['kind'], server: string | null, what: string): void;
  /** `attempts`: how often it had to be sent until then. */
  mark(end: MarkedEnd, attempts: number): void;
  /** Ends the row of marks that is being written. */
  end(): void;
}

export interface TimelineOptions {
  /** Takes the text, in pieces. */
  readonly write: (text: string) => void;
  /** Colours it, or doesn't. */
  readonly paint: Paint;
  /** Milliseconds since the start. */
  readonly now: () => number;
  /** The servers' names: the preferred one first. */
  readonly servers: readonly [upper: string, lower: string];
}

const WIDTH = 78;
const TIME_WIDTH = 10;
const NAME_WIDTH = 6;

const SIGNS: Readonly<Record<TimelineEvent['kind'], readonly [sign: string, style: Style]>> = {
  act: ['━━', 'bold'],
  fault: ['✗', 'red'],
  planned: ['▸', 'cyan'],
  mended: ['✓', 'green'],
  move: ['→', 'yellow'],
  return: ['←', 'green'],
  proven: ['·', 'dim'],
  session: ['·', 'dim'],
  warning: ['!', 'magenta'],
};

/** The colours of the two servers, and of what needs a second look. */
const STYLES = {
  upper: 'cyan',
  lower: 'magenta',
  again: 'yellow',
  refused: ['bold', 'yellow'],
  lost: ['bold', 'red'],
} as const satisfies Record<string, Style>;

export function createTimeline({ write, paint, now, servers }: TimelineOptions): Timeline {
  const events: TimelineEvent[] = [];
  let column = 0;
  const endRow = () => {
    if (column > 0) write('\n');
    column = 0;
  };
  return {
    events,
    tell(kind, server, what) {
      const event = { atMs: Math.round(now()), kind, server, what };
      events.push(event);
      endRow();
      write(`${kind === 'act' ? '\n' : ''}${paint('dim', timeOf(event.atMs))}${lineOf(event, servers[0], paint)}\n`);
    },
    mark(end, attempts) {
      if (column === 0) write(paint('dim', timeOf(now())));
      write(markOf(end, attempts, servers[0], paint));
      column += 1;
      if (TIME_WIDTH + column === WIDTH) endRow();
    },
    end: endRow,
  };
}

/** What the marks mean, one line each. `mark` says what each stands for. */
export function legend([upper, lower]: TimelineOptions['servers'], mark: string, paint: Paint): string[] {
  const again = paint(STYLES.again, '»');
  return [
    `each mark is one ${mark}: ${paint(STYLES.upper, '▀')} by ${upper}, ${paint(STYLES.lower, '▄')} by ${lower}, ${again} after another try`,
    `${paint(STYLES.refused, '?')} handed back to the app, as it may have been done · ${paint(STYLES.lost, '✗')} lost`,
  ];
}

const timeOf = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(TIME_WIDTH - 4)} s  `;

function lineOf({ kind, server, what }: TimelineEvent, upper: string, paint: Paint): string {
  const [sign, style] = SIGNS[kind];
  if (kind !== 'act') {
    const name = paint(server === upper ? STYLES.upper : STYLES.lower, (server ?? '').padEnd(NAME_WIDTH));
    return `${paint(style, sign)} ${name} ${what}`;
  }
  const rule = '━'.repeat(Math.max(2, WIDTH - TIME_WIDTH - sign.length - what.length - 2));
  return `${paint('dim', sign)} ${paint(style, what)} ${paint('dim', rule)}`;
}

function markOf(end: MarkedEnd, attempts: number, upper: string, paint: Paint): string {
  if (end.kind === 'refused') return paint(STYLES.refused, '?');
  if (end.kind === 'lost') return paint(STYLES.lost, '✗');
  if (attempts > 1) return paint(STYLES.again, '»');
  return end.server === upper ? paint(STYLES.upper, '▀') : paint(STYLES.lower, '▄');
}
