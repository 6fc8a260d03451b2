import { bans, silence, unitTime } from './bans.ts';
import { floors } from './floors.ts';
import { fileLength, functionLength, inertModules, namedExports, noAny } from './shape.ts';
import { type Finding, parse, type Rule } from './source.ts';
import { openWork, optionWords, silencedTypes, switchedTests } from './words.ts';

const RULES: readonly Rule[] = [
  floors,
  bans,
  silence,
  unitTime,
  fileLength,
  functionLength,
  noAny,
  namedExports,
  inertModules,
  openWork,
  silencedTypes,
  switchedTests,
  optionWords,
];

/** All breaches in one file. `path` is relative to the project: it decides which rules apply. */
export function check(path: string, text: string): Finding[] {
  const source = parse(path, text);
  return RULES.flatMap((rule) => rule(source)).sort((a, b) => a.line - b.line);
}

export const show = ({ file, line, rule, message }: Finding): string => `${file}:${line} [${rule}] ${message}`;
