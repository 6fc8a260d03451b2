import { DEFAULTS } from '../../policy/defaults.ts';
import type { Paint } from './paint.ts';
import type { Servers } from './serverProcess.ts';
import { SHORTENED } from './shortened.ts';
import { legend } from './timeline.ts';

/** What each part of the demo says before it begins. */
export interface PartText {
  readonly title: string;
  /** What the two servers have in common. */
  readonly shared: string;
  /** What a mark of the timeline stands for. */
  readonly mark: string;
}

/** What stands above everything. */
export function introduction(paint: Paint): string {
  const title = 'switchover: clients at work while their server fails';
  return ['', paint('bold', title), '', ...shortened().map((text) => paint('dim', text)), ''].join('\n');
}

/** What stands above a part's timeline. */
export function partIntroduction({ title, shared, mark }: PartText, servers: Servers, paint: Paint): string {
  const [active, standby] = servers;
  const line = ({ name, origin, pid }: Servers[number], role: string) =>
    `  ${paint('bold', name)}  ${origin}  process ${pid}, ${role}`;
  return [
    '',
    paint('bold', title),
    '',
    line(active, 'active'),
    line(standby, 'standby'),
    `  ${shared}`,
    '',
    ...legend([active.name, standby.name], mark, paint),
    '',
  ].join('\n');
}

/** A demo of defaults would be a demo of patience; what was changed is said. */
function shortened(): string[] {
  const { timeout, ejection, probe, failback } = SHORTENED;
  const instead = (name: string, ms: number, usuallyMs: number) => `${name} ${short(ms)} (${short(usuallyMs)})`;
  return [
    'Shortened for the demo (in brackets: the default):',
    `  ${[
      instead('attempt time-out', timeout.attemptMs, DEFAULTS.timeout.attemptMs),
      instead('cool-down', ejection.coolDownMs, DEFAULTS.ejection.coolDownMs),
      instead('a probe each', probe.periodMs, DEFAULTS.probe.periodMs),
    ].join(', ')},`,
    `  ${instead('failback within', failback.holdMs, DEFAULTS.failback.holdMs)}`,
  ];
}

const short = (ms: number): string => `${ms / 1000} s`;
