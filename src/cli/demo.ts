/** `npm run demo`: real servers, real faults, and clients that go on working. */
import { conversationReport } from './demo/conversation/report.ts';
import { conversationSummary } from './demo/conversation/summary.ts';
import { introduction, partIntroduction } from './demo/introduction.ts';
import { HELP, readArguments } from './demo/options.ts';
import { createPaint } from './demo/paint.ts';
import { playDemo } from './demo/play.ts';
import { reportOn } from './demo/requests/report.ts';
import { requestSummary } from './demo/requests/summary.ts';
import { SHORTENED } from './demo/shortened.ts';
import { createTimeline } from './demo/timeline.ts';
import { complaintsAbout, verdictLines } from './demo/verdict.ts';
import { playWeb } from './demo/web/play.ts';

const SERVERS = ['north', 'south'] as const;
const EXIT = { kept: 0, broken: 1, wrongArgument: 2, interrupted: 130 } as const;

async function play(json: boolean, signal: AbortSignal): Promise<number> {
  const startedMs = performance.now();
  const now = () => performance.now() - startedMs;
  const paint = createPaint(process.stdout.isTTY, process.env);
  const write = (text: string) => {
    if (!json && !signal.aborted) process.stdout.write(text);
  };
  const timeline = createTimeline({ write, paint, now, servers: SERVERS });
  write(introduction(paint));
  const played = await playDemo(SERVERS, {
    timeline,
    onPart(text, servers) {
      timeline.end();
      write(partIntroduction(text, servers, paint));
    },
    signal,
  });
  timeline.end();
  const requests = reportOn(played.requests);
  const conversation = conversationReport(played.conversation);
  const complaints = complaintsAbout(played);
  const tookMs = Math.round(now());
  write(requestSummary(requests, paint) + conversationSummary(conversation, paint));
  write(verdictLines(complaints, tookMs, paint));
  if (json) {
    const document = { ok: complaints.length === 0, complaints, tookMs, requests, conversation, policy: SHORTENED };
    process.stdout.write(`${JSON.stringify({ ...document, events: timeline.events }, null, 2)}\n`);
  }
  return complaints.length === 0 ? EXIT.kept : EXIT.broken;
}

async function main(): Promise<number> {
  const command = readArguments(process.argv.slice(2));
  if (command.kind === 'help') {
    process.stdout.write(HELP);
    return EXIT.kept;
  }
  if (command.kind === 'wrong') {
    process.stderr.write(`${command.complaint}\n\n${HELP}`);
    return EXIT.wrongArgument;
  }
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort());
  // The reader has left, as in `npm run demo | head`.
  process.stdout.on('error', () => interruption.abort());
  try {
    const { signal } = interruption;
    if (command.kind === 'play') return await play(command.json, signal);
    await playWeb({ ...command, write: (text) => void process.stdout.write(text), signal });
    return EXIT.kept;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('\nInterrupted. The servers were ended, and nothing is left behind.\n');
    return EXIT.interrupted;
  }
}

process.exitCode = await main();
