import type { Schedule } from './schedule.ts';

/** A failing schedule as a test that can be pasted into test/unit/simulate/schedules/schedules.test.ts. */
export function printAsTest({ seed, clients, whenFull, steps }: Schedule, broken: string): string {
  const lines = steps.map((step) => `      ${literal(step)},`);
  return [
    `test(${JSON.stringify(`seed ${seed}: ${broken}`)}, () => {`,
    '  const schedule: Schedule = {',
    `    seed: ${seed},`,
    `    clients: ${clients},`,
    `    whenFull: '${whenFull}',`,
    '    steps: [',
    ...lines,
    '    ],',
    '  };',
    '  expect(runSchedule(schedule).broken).toBe(null);',
    '});',
  ].join('\n');
}

/** A flat object as one writes it. */
function literal(step: object): string {
  const members = Object.entries(step).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`,
  );
  return `{ ${members.join(', ')} }`;
}
