import { readScenario } from '../../src/simulate/fleet/readScenario.ts';
import type { Scenario } from '../../src/simulate/fleet/scenario.ts';
import { SCENARIOS } from '../../src/simulate/scenarios/index.ts';

/** What a section of docs/scale.md is made of: its figures as Markdown, and its pictures by their names. */
export interface Figures {
  readonly markdown: string;
  readonly pictures?: Readonly<Record<string, string>>;
}

/** One part of the page, between two marks. */
export interface Section {
  readonly name: string;
  /** Names of the scenarios that it runs: each lies in src/simulate/scenarios. */
  readonly scenarios: readonly string[];
  /** True where it takes no longer than a unit test may: then a test holds the page to it. */
  readonly quick: boolean;
  make(): Figures;
}

type Fields = Readonly<Record<string, unknown>>;

/** A committed scenario, with what is changed of it. */
export function scenarioOf(name: string, changes: Fields = {}): Scenario {
  const given = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  if (typeof given !== 'object' || given === null) throw new Error(`there is no scenario ${name}`);
  return readScenario({ ...given, ...changes });
}

/** A table: the first column to the left, figures to the right. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const show = (line: readonly string[]): string => `| ${line.join(' | ')} |`;
  const rule = `|${columns.map((_, at) => (at === 0 ? '---' : '---:')).join('|')}|`;
  return [show(columns), rule, ...rows.map(show)].join('\n');
}

export const whole = (count: number): string => Math.round(count).toLocaleString('en');
export const inSeconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;
export const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
export const times = (value: number): string => value.toFixed(2);
export const recovery = (ms: number | null): string => (ms === null ? 'never' : inSeconds(ms));

/** Ours in bold: it is what readers look for. */
export const named = (title: string): string => (title === 'Switchover' ? `**${title}**` : title);
