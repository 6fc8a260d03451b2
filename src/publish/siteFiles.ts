import { renderOfflinePage } from '../serviceWorker/offlinePage/render.ts';
import type { SiteConfig } from '../site/config.ts';
import { bakeConfig } from './bakedConfig.ts';
import { noteText } from './note.ts';
import { FILE_NAMES, fileUnder, type PublishOptions, readPublishOptions } from './options.ts';
import type { SiteParts } from './parts.ts';
import { digest, stamped } from './stamp.ts';

/** A file for a site's public folder. */
export interface SiteFile {
  /** Where it lies there, with slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * The files that make a site outlive its server: the worker, the offline page, and what is probed, unless the site has its own.
 *
 * @throws SwitchoverError as {@link readPublishOptions} does.
 */
export function siteFiles(options: PublishOptions, parts: SiteParts): readonly SiteFile[] {
  const plan = readPublishOptions(options);
  const { config, base } = plan;
  const { version } = parts;
  const page = stamped(renderOfflinePage(config, plan.page, parts.kit), 'html', version);
  const files = [
    { path: FILE_NAMES.worker, text: stamped(workerText(config, page, parts.worker), 'script', version) },
    { path: fileUnder(base, config.offlinePage), text: page },
  ];
  if (needsHealthFile(plan)) {
    files.push({ path: FILE_NAMES.health, text: stamped(`${config.marker}\n`, 'text', version) });
  }
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

/** What takes the worker's place, and away every trace of it, where a site has done with it. */
export function killSwitchFiles({ version, killSwitch }: SiteParts): readonly SiteFile[] {
  return [{ path: FILE_NAMES.worker, text: stamped(withoutMap(killSwitch), 'script', version) }];
}

/** Browsers compare the worker byte by byte: the page's fingerprint in it makes them fetch a changed offline page, too. */
const workerText = (config: SiteConfig, page: string, worker: string): string =>
  `// Offline page ${digest(page)}\n${bakeConfig(config)}${withoutMap(worker)}`;

const withoutMap = (script: string): string => script.replace(/^\/\/# sourceMappingURL=.*\n?/gm, '');

/** True where a host is probed at the file that is made here. */
function needsHealthFile({ config, base }: { readonly config: SiteConfig; readonly base: string }): boolean {
  return config.hosts.some(({ origin, probe }) => probe === origin + base + FILE_NAMES.health);
}
