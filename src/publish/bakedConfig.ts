import type { SiteConfig } from '../site/config.ts';

const HEAD = 'self.SWITCHOVER = ';
const BAKED = /^self\.SWITCHOVER = (\{\n[\s\S]*?\n\});$/m;

/** JSON that may stand in any script and any page: no `</script>`, and no line end that older parsers trip over. */
const scriptJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(/[<\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

/** The statement by which a worker file carries its config. */
export const bakeConfig = (config: SiteConfig): string => `${HEAD}${scriptJson(config)};\n`;

/** What differs between the configs of two worker files, a line for each key: `mode: "redirect" → "transparent"`. */
export function configChanges(before: string, after: string): readonly string[] {
  const [old, fresh] = [readBaked(before), readBaked(after)];
  if (old === null || fresh === null) return [];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return keys.flatMap((key) => {
    const [was, is] = [shown(old[key]), shown(fresh[key])];
    return was === is ? [] : [`${key}: ${was} → ${is}`];
  });
}

function readBaked(text: string): Readonly<Record<string, unknown>> | null {
  const [, json] = BAKED.exec(text.replaceAll('\r\n', '\n')) ?? [];
  try {
    return json === undefined ? null : JSON.parse(json);
  } catch {
    // Written by another version, or by hand: then there is nothing to compare.
    return null;
  }
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
