import { describe, expect, it } from 'vitest';
import { niceStep } from '../../../../src/simulate/fleet/plot/panel.ts';
import { plotFleet } from '../../../../src/simulate/fleet/plot/plotFleet.ts';
import { fault, play } from './small.ts';

const plot = (given: Readonly<Record<string, unknown>> = {}): string => {
  const { scenario, record, report } = play(given);
  return plotFleet(scenario, record, report);
};

/** Names of elements that were opened and not closed. */
function openElements(svg: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = '', selfClosing] of svg.matchAll(/<(\/?)([a-z]+)(?:[^<>"]|"[^"]*")*?(\/?)>/g)) {
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (selfClosing !== '/') open.push(name);
  }
  return open;
}

describe('the plot of a run', () => {
  it('is whole: each element ends, and no number is none', () => {
    const svg = plot(fault('refuse'));
    expect(openElements(svg)).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('has a line for each host, the faults, and both looks', () => {
    const svg = plot(fault('refuse'));
    expect(svg.match(/class="line host\d"/g)).toHaveLength(2);
    expect(svg.match(/class="band"/g)).toHaveLength(2);
    expect(svg).toContain('a: refuse');
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  it('shows what a file calls itself as text', () => {
    expect(plot({ title: '<script>"&' })).toContain('&lt;script&gt;&quot;&amp;</text>');
  });

  it('leaves a gap where nobody asked', () => {
    const svg = plot({ clients: 1, everyMs: 20_000 });
    const [line = ''] = /class="line served" d="[^"]*"/.exec(svg) ?? [];
    expect(line.match(/M/g)?.length).toBeGreaterThan(1);
  });

  it.each([
    [180, 8, 50],
    [1.08, 5, 0.5],
    [30, 5, 10],
  ])('marks a range of %d in about %d steps of %d', (range, marks, step) => {
    expect(niceStep(range, marks)).toBe(step);
  });
});
