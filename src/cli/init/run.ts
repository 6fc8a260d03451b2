import { SwitchoverError } from '../../policy/error.ts';
import { useLine } from '../../publish/note.ts';
import { FILE_NAMES, type PublishPlan, readPublishOptions } from '../../publish/options.ts';
import { readParts } from '../../publish/parts.ts';
import { killSwitchFiles, noteFile, siteFiles } from '../../publish/siteFiles.ts';
import { type FileChange, writeFiles } from '../../publish/writeFiles.ts';
import { readInitOptions } from './options.ts';
import type { InitWords } from './words.ts';

/** How a command ended, and what it has to say about it. */
export interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

/** `init`: writes the files of a site, or the worker that takes them away again. */
export async function runInit(words: InitWords): Promise<Outcome> {
  try {
    return { ok: true, text: await (words.kill === true ? kill(words) : init(words)) };
  } catch (error) {
    if (!SwitchoverError.is(error)) throw error;
    return { ok: false, text: `${error.message}\n${error.remedy}\n` };
  }
}

async function init(words: InitWords): Promise<string> {
  const options = await readInitOptions(words);
  const parts = readParts();
  const changes = await write(words, [...siteFiles(options, parts), noteFile(options, parts)]);
  const news = changes.some(({ kind }) => kind === 'created');
  return listOf(words, changes) + (news ? nextSteps(words.folder, readPublishOptions(options)) : '');
}

async function kill(words: InitWords): Promise<string> {
  const ownWorker = words['own-worker'] === true;
  const list = listOf(words, await write(words, killSwitchFiles(readParts(), ownWorker)));
  return `${list}
${ownWorker ? SWITCHED_OFF : KILLED}`;
}

const KILLED = `Put it on every host. Browsers that come by lose the worker and what it has stored; take the line that registers it out
of the pages. Leave the file there for as long as people may come back: a worker whose file is gone stays.
`;

const SWITCHED_OFF = `Put it on every host: your worker is then by itself. Take the line that loads the file out of it before you remove the file.
`;

const write = (words: InitWords, files: Parameters<typeof writeFiles>[1]): Promise<readonly FileChange[]> =>
  writeFiles(words.folder, files, { force: words.force === true, dryRun: words['dry-run'] === true });

function listOf(words: InitWords, changes: readonly FileChange[]): string {
  const lines = changes.flatMap(({ path, kind, details }) => [
    `  ${kind.padEnd(9)}  ${path}`,
    ...details.map((detail) => `             ${detail}`),
  ]);
  const head = words['dry-run'] === true ? `In ${words.folder} this would be done:` : `In ${words.folder}:`;
  return `${[head, ...lines].join('\n')}\n`;
}

function nextSteps(folder: string, plan: PublishPlan): string {
  return `
${plan.ownWorker ? 'The first line of your worker:' : 'Into each page:'}
  ${useLine(plan)}

Your servers have a few headers to give, so that pages of one host may ask the others:
${folder.replace(/\/$/, '')}/${FILE_NAMES.note} says which.
`;
}
