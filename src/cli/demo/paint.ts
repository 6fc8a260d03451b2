import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Colours are for people: only where a terminal shows them, and nobody asked for none (no-color.org). */
export function createPaint(isTerminal: boolean, environment: NodeJS.ProcessEnv): Paint {
  const plain = !isTerminal || Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb';
  return plain ? (_style, text) => text : (style, text) => styleText(style, text, { validateStream: false });
}
