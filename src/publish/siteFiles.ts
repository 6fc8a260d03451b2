import { renderOfflinePage } from '../serviceWorker/offlinePage/render.ts';
import type { SiteConfig } from '../site/config.ts';
import { bakeConfig } from './bakedConfig.ts';
import { noteText } from './note.ts';
import {
  FILE_NAMES,
  fileUnder,
  needsHealthFile,
  type PublishOptions,
  readPublishOptions,
  scriptName,
} from './options.ts';
import type { SiteParts } from './parts.ts';
import { digest, stamped } from './stamp.ts';

/** A file for a site's public folder. */
export interface SiteFile {
  /** Where it lies there, with slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * The files that make a site outlive its server: the worker or what stands before the site's own, the offline page, and what is probed, unless the site has its own.
 *
 * @throws SwitchoverError as {@link readPublishOptions} does.
 */
export function siteFiles(options: PublishOptions, parts: SiteParts): readonly SiteFile[] {
  const plan = readPublishOptions(options);
  const { config, base, ownWorker } = plan;
  const { version } = parts;
  const script = ownWorker ? parts.interposer : parts.workers[config.mode];
  const page = stamped(renderOfflinePage(config, plan.page, parts.kit), 'html', version);
  const files = [{ path: fileUnder(base, config.offlinePage), text: page }];
  if (needsHealthFile(plan)) {
    files.push({ path: FILE_NAMES.health, text: stamped(`${config.marker}\n`, 'text', version) });
  }
  // Last: a browser that finds a new worker finds what that asks for.
  files.push({ path: scriptName(ownWorker), text: stamped(scriptText(config, page, script), 'script', version) });
  return files;
}

/**
 * A note for whoever sets the site's servers up.
 *
 * @throws SwitchoverError as {@link readPublishOptions} does.
 */
export const noteFile = (options: PublishOptions, { version }: SiteParts): SiteFile => ({
  path: FILE_NAMES.note,
  text: stamped(noteText(readPublishOptions(options)), 'html', version),
});

/**
 * What takes the script's place where a site has done with it: a worker that takes itself away, with all that it stored; for a worker
 * of the site's own, a script that does nothing.
 */
export function killSwitchFiles({ version, killSwitch }: SiteParts, ownWorker: boolean): readonly SiteFile[] {
  const text = ownWorker ? '// Switched off.\n' : withoutMap(killSwitch);
  return [{ path: scriptName(ownWorker), text: stamped(text, 'script', version) }];
}

/** Browsers compare the worker byte by byte: the page's fingerprint in it makes them fetch a changed offline page, too. */
const scriptText = (config: SiteConfig, page: string, script: string): string =>
  `// Offline page ${digest(page)}\n${bakeConfig(config)}${withoutMap(script)}`;

const withoutMap = (script: string): string => script.replace(/^\/\/# sourceMappingURL=.*\n?/gm, '');
