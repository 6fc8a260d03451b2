import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSimulate } from '../../../src/cli/simulate/run.ts';

const SMALL = ['--clients', '200'];
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchover-simulate-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('npx switchover simulate', () => {
  it('tells of a run in a table, and the same each time', async () => {
    const [one, other] = [await runSimulate(['outage', ...SMALL]), await runSimulate(['outage', ...SMALL])];
    expect(one).toEqual(other);
    expect(one).toMatchObject({ code: 0, complaint: '' });
    expect(one.out).toMatch(/^Outage: 200 clients, seed 1\n/);
    expect(one.out).toMatch(/attempts per request +1\.\d{3}\n/);
    expect(one.out).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('gives scenario and report as JSON, from which the run can be made again', async () => {
    const { out } = await runSimulate(['errors', ...SMALL, '--seed', '5', '--utilisation', '0.4', '--json']);
    const { scenario, report } = JSON.parse(out);
    expect(scenario).toMatchObject({ clients: 200, seed: 5, utilisation: 0.4 });
    const file = join(folder, 'errors.json');
    await writeFile(file, JSON.stringify(scenario));
    expect(JSON.parse((await runSimulate([file, '--json'])).out)).toEqual({ scenario, report });
  });

  it('takes faults and options from the command line', async () => {
    const words = [
      '--fault',
      'stall:b:10-20',
      '--set',
      'retry.attempts=1',
      '--set',
      'failback.proof=request',
      '--json',
    ];
    const { scenario } = JSON.parse((await runSimulate(['outage', ...SMALL, ...words])).out);
    expect(scenario.faults).toEqual([{ host: 'b', kind: 'stall', fromMs: 10_000, untilMs: 20_000 }]);
    expect(scenario.policy).toEqual({ retry: { attempts: 1 }, failback: { proof: 'request' } });
  });

  it('tells of sessions in words of their own, and lets hosts’ admission grow with their clients', async () => {
    const { out } = await runSimulate(['sessions-failover', ...SMALL]);
    expect(out).toMatch(/window that clients were told +55 s\n/);
    expect(out).toMatch(/99 % connected after the fault’s begin +in \d+ s, [01]\.\d\d of the window\n/);
    expect(out).toMatch(/\n {2}b +4 .* 200 +\d+ +0 +– +–\n$/);
    expect(out).not.toMatch(/NaN|undefined|Infinity|requests/);
    const { out: picture } = await runSimulate(['sessions-failover', ...SMALL, '--svg', '-']);
    expect(picture).toContain('Hellos per second at each host, over its admission rate');
    expect(picture).not.toMatch(/NaN|Infinity|undefined|null/);
    const wrong = await runSimulate(['sessions-failover', ...SMALL, '--utilisation', '0.5']);
    expect(wrong).toMatchObject({ code: 2, complaint: expect.stringMatching(/sessions exclude each other/) });
  });

  it('draws a picture into a file, or writes it out', async () => {
    const file = join(folder, 'outage.svg');
    await runSimulate(['outage', ...SMALL, '--svg', file]);
    const { out } = await runSimulate(['outage', ...SMALL, '--svg', '-']);
    expect(await readFile(file, 'utf8')).toBe(out);
    expect(out).toMatch(/^<svg /);
  });

  it('shows other libraries’ policies side by side: in a table, as JSON with their data, and as a picture', async () => {
    const words = ['outage', ...SMALL, '--beside', 'ky,aws'];
    const { out } = await runSimulate(words);
    expect(out).toMatch(/Side by side:\n\n[\s\S]*\n {2}Switchover .*\n {2}ky .*\n {2}AWS 2026 .*\n$/);
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
    const { report, beside } = JSON.parse((await runSimulate([...words, '--json'])).out);
    expect(report.title).toBe('Outage');
    expect(beside).toMatchObject([
      { name: 'ky', policy: { attempts: 3, retries: { timeouts: false } }, report: { clients: 200 } },
      { name: 'aws', policy: { budget: { capacity: 500, price: 14 } }, report: { clients: 200 } },
    ]);
    const picture = (await runSimulate([...words, '--svg', '-'])).out;
    expect(picture).toMatch(/^<svg [\s\S]*Switchover[\s\S]*AWS 2026/);
  });

  it('does so for connections, too', async () => {
    const words = ['sessions-failover', '--clients', '500', '--beside', 'socket.io,signalr'];
    const { out, complaint } = await runSimulate(words);
    expect(complaint).toBe('');
    expect(out).toMatch(/99 % +without one, [\s\S]*\n {2}Switchover .*\n {2}socket.io .*\n {2}SignalR .*\n$/);
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
    expect((await runSimulate([...words, '--svg', '-'])).out).toMatch(/Strip: who has a connection[\s\S]*never back/);
  });

  it('reckons what a standby must have in reserve, without a run', async () => {
    const { out } = await runSimulate(['outage', '--clients', '1000000', '--set', 'budget.capacity=2', '--size', '20']);
    expect(out).toContain('1,000,000 clients move, with 50,000 requests per second');
    expect(out).toContain('2,000,000 retries can come at once');
    expect(out).toMatch(/b +100,000 +50,000 +50,000 +40 s +150,000\n/);
    expect(out).toContain('Too little at b');
    expect((await runSimulate(['outage', '--size', '21'])).out).toContain('It is enough');
  });

  it('lists its scenarios and policies, and helps', async () => {
    expect((await runSimulate(['--list'])).out).toMatch(/^ {2}outage +The active host/m);
    expect((await runSimulate(['--list'])).out).toMatch(/^ {2}aws +AWS 2026: two retries/m);
    expect((await runSimulate(['--help'])).out).toMatch(/^Usage: npx switchover simulate/);
  });

  it.each([
    [['--clients', 'many'], 2, /scenario\.clients/],
    [['--set', 'retry.attempt=1'], 2, /no option retry\.attempt/],
    [['--set', 'retry'], 2, /section\.name=value/],
    [['--fault', 'refuse'], 2, /kind:host:from-until/],
    [['--fault', 'refuse:z:1-2'], 2, /faults\[0\]\.host/],
    [['--colour'], 2, /--colour/],
    [['one', 'two'], 2, /two is too much/],
    [['--json', '--svg', '-'], 2, /both/],
    [['--beside', 'axios'], 2, /no policy "axios"[\s\S]*ky-tuned, aws/],
    [['--beside', 'nats'], 2, /nats keeps connections/],
    [['--size', 'large'], 2, /--size large/],
    [['nowhere.json'], 1, /no scenario nowhere\.json[\s\S]*outage, brown-out/],
    [[...SMALL, '--svg', '/nowhere/x.svg'], 1, /could not be written/],
  ])('refuses %j', async (words, code, complaint) => {
    const end = await runSimulate(words);
    expect(end).toMatchObject({ code, out: '' });
    expect(end.complaint).toMatch(complaint);
  });

  it('says what is no JSON in a file', async () => {
    const file = join(folder, 'broken.json');
    await writeFile(file, '{');
    expect(await runSimulate([file])).toMatchObject({ code: 2, complaint: expect.stringContaining('is no JSON') });
  });
});
