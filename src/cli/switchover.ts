#!/usr/bin/env node
/** `npx switchover`: what the package does on a command line. */
import { readParts } from '../publish/parts.ts';
import { runInit } from './init/run.ts';
import { HELP, readCommand } from './init/words.ts';

const EXIT = { done: 0, failed: 1, wrongArgument: 2 } as const;

async function main(): Promise<number> {
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

// The build has a CommonJS side, too, which knows no waiting at this place.
void main().then((code) => {
  process.exitCode = code;
});
