import { describe, expect, it } from 'vitest';
import { runOurs, runPeer } from '../../../../src/simulate/peers/beside.ts';
import { plotBeside } from '../../../../src/simulate/peers/plot/plotBeside.ts';
import { plotRows } from '../../../../src/simulate/peers/plot/rowsPlot.ts';
import { fault, small } from '../fleet/small.ts';

const SHEET = { title: 'One', about: 'Of two.', seconds: 4, bands: [], legend: ['a'], most: 2 };

/** The heights of a row's line, from the top of the picture. */
const heights = (svg: string): number[] =>
  [...(/class="line host0" d="([^"]*)"/.exec(svg)?.[1] ?? '').matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) =>
    Number(y),
  );

describe('the plot of several runs', () => {
  it('is whole: each element ends, and no number is none', () => {
    const scenario = small(fault('black-hole'));
    const svg = plotBeside(scenario, [runOurs(scenario), runPeer(scenario, 'aws')]);
    const open: string[] = [];
    for (const [, closing, name = '', selfClosing] of svg.matchAll(/<(\/?)([a-z]+)(?:[^<>"]|"[^"]*")*?(\/?)>/g)) {
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (selfClosing !== '/') open.push(name);
    }
    expect(open).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('has a row for each run, with a line for each host, the fault, and what was served', () => {
    const scenario = small(fault('black-hole'));
    const svg = plotBeside(scenario, [runOurs(scenario), runPeer(scenario, 'aws')]);
    expect(svg.match(/class="line host\d"/g)).toHaveLength(4);
    expect(svg.match(/class="area got"/g)).toHaveLength(2);
    expect(svg.match(/class="band"/g)).toHaveLength(2);
    expect(svg.match(/a: black-hole/g)).toHaveLength(1);
    expect(svg).toMatch(/AWS 2026<\/text>\s*<text [^>]*>[\d.]+ % served meanwhile/);
  });

  it('cuts off what is far above all else, and keeps peaks where seconds are put together', () => {
    const row = { title: 'a', note: '', served: null };
    const [low, high, cut, most] = heights(plotRows({ ...SHEET, rows: [{ ...row, loads: [[0, 1, 50, 2]] }] }));
    expect(high).toBeLessThan(low ?? 0);
    expect(cut).toBe(most);
    const long = Array.from({ length: 500 }, (_, second) => (second === 301 ? 2 : 0));
    const thinned = heights(plotRows({ ...SHEET, seconds: 500, rows: [{ ...row, loads: [long] }] }));
    expect(thinned.length).toBeLessThan(250);
    expect(Math.min(...thinned)).toBe(most);
  });

  it('shows titles as text', () => {
    const svg = plotRows({ ...SHEET, title: '<b>&"', rows: [] });
    expect(svg).toContain('&lt;b&gt;&amp;&quot;</text>');
  });
});
