import { createHash } from 'node:crypto';

/** How a file's language writes a line that means nothing. */
type Comment = 'script' | 'html' | 'text';

/** What the stamp of a file says. */
export interface Stamp {
  /** The version that made the file. */
  readonly version: string;
  /** False where somebody has changed the file since. */
  readonly intact: boolean;
}

const STAMP = /^(?:\/\/ |<!-- |)Made by Switchover (\S+)\. .*\[([\da-f]{32})\](?: -->)?\n?/m;

const COMMENTS: Readonly<Record<Comment, (words: string) => string>> = {
  script: (words) => `// ${words}\n`,
  html: (words) => `<!-- ${words} -->\n`,
  text: (words) => `${words}\n`,
};

/**
 * A file's text with a line that says who made it and what it was then, so that the next run knows its own files and leaves
 * any other alone. It is the first line of a script, and the last of anything else: a page begins with its doctype.
 */
export function stamped(text: string, comment: Comment, version: string): string {
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  const words = `Made by Switchover ${version}. Run it again to change this file; an edited one is left as it is. [${digest(whole)}]`;
  const line = COMMENTS[comment](words);
  return comment === 'script' ? line + whole : whole + line;
}

/** The stamp of a file, or null where it has none: somebody else's file. */
export function readStamp(text: string): Stamp | null {
  // Git may have written the file with the line ends of its platform. That is no edit.
  const plain = text.replaceAll('\r\n', '\n');
  const [line, version, seal] = STAMP.exec(plain) ?? [];
  if (line === undefined || version === undefined) return null;
  return { version, intact: digest(plain.replace(line, '')) === seal };
}

/** A short fingerprint of a text. It guards against accidents, not against an attacker. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
