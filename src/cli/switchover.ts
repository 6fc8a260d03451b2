#!/usr/bin/env node
/** `npx switchover`: what the package does on a command line. */
import { readParts } from '../publish/parts.ts';
import { runInit } from './init/run.ts';
import { HELP, readCommand } from './init/words.ts';
import { runSimulate } from './simulate/run.ts';

const EXIT = { done: 0, failed: 1, wrongArgument: 2 } as const;

async function main(): Promise<number> {
  const [name, ...args] = process.argv.slice(2);
  if (name === 'simulate') return simulate(args);
  const command = readCommand(process.argv.slice(2));
  if (command.kind === 'help') {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  if (command.kind === 'wrong') {
    process.stderr.write(`${command.complaint}\n\nnpx switchover --help says what there is.\n`);
    return EXIT.wrongArgument;
  }
  if (command.kind === 'version') {
    process.stdout.write(`${readParts().version}\n`);
    return EXIT.done;
  }
  const { ok, text } = await runInit(command.words);
  (ok ? process.stdout : process.stderr).write(text);
  return ok ? EXIT.done : EXIT.failed;
}

async function simulate(args: readonly string[]): Promise<number> {
  const { code, out, complaint } = await runSimulate(args);
  process.stdout.write(out);
  process.stderr.write(complaint);
  return code;
}

// The build has a CommonJS side, too, which knows no waiting at this place.
void main().then((code) => {
  process.exitCode = code;
});
