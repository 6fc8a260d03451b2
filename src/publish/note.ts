import type { NavigationMode } from '../site/config.ts';
import { FILE_NAMES, needsHealthFile, type PublishPlan, scriptName } from './options.ts';

/** What a page says so that the browser loads the worker, or a worker of the site's own so that it loads what stands before it. */
export const useLine = ({ base, ownWorker }: Pick<PublishPlan, 'base' | 'ownWorker'>): string =>
  ownWorker
    ? `importScripts('${base}${FILE_NAMES.interposer}');`
    : `<script>navigator.serviceWorker?.register('${base}${FILE_NAMES.worker}', { updateViaCache: 'none' });</script>`;

const MODES: Readonly<Record<NavigationMode, string>> = {
  'offline-page': 'shows the offline page, which waits and leads on to the first host that answers',
  redirect: 'sends the browser to a host that is known to be well, and shows the offline page where there is none',
  transparent:
    'shows the document of a host that is known to be well under the address that was asked for, and the offline page where there is none',
};

/** For whoever sets the servers up: what was made, what a page says, and which headers the servers give. */
export function noteText(plan: PublishPlan): string {
  const { config, base, ownWorker } = plan;
  return `# This site outlives its server

Best first: ${config.hosts.map(({ origin }) => origin).join(', ')}. Each of them serves these files and the whole site, at the same paths.
When the server of a page does not answer, the worker ${MODES[config.mode]}.

| file | is |
|---|---|
| \`${base}${scriptName(ownWorker)}\` | ${ownWorker ? 'what stands before your worker' : 'the worker'} |
| \`${config.offlinePage}\` | the offline page, which the worker keeps in the browser |
${probeRow(plan)}
${ownWorker ? ownWorkerText(plan) : pagesText(plan)}
## 2. Servers

| path | header | why |
|---|---|---|
${headerRows(plan)}

The origins are those of the other hosts, one at a time: the one that the request names in \`Origin\`, with \`Vary: Origin\`.
What is public anyway may say \`*\`. Ready for nginx, Apache, Caddy and \`_headers\`: docs/sites.md in the package.

## 3. To get rid of it

${ownWorker ? LET_BE : TAKE_AWAY} leave it there for as long as people may come back:

\`\`\`sh
npx switchover init <this folder> --kill${ownWorker ? ' --own-worker' : ''}
\`\`\`
`;
}

const TAKE_AWAY =
  'A worker that is only deleted on the server stays in browsers. Put the one that takes it away in its place, and';

const LET_BE =
  'Your worker can’t be loaded anew without a script that it asks for. Put one that does nothing in its place, and';

const pagesText = (plan: PublishPlan): string => `## 1. Pages

Into each page, or at least into those that people come in by:

\`\`\`html
${useLine(plan)}
\`\`\`

or, in a program that is bundled, with news of updates:

\`\`\`js
import { registerWorker } from 'switchover/browser';

registerWorker('${plan.base}${FILE_NAMES.worker}');
\`\`\`
`;

const ownWorkerText = (plan: PublishPlan): string => `## 1. Your worker

Its first line, before anything else:

\`\`\`js
${useLine(plan)}
\`\`\`

A worker that is bundled may call \`interpose(options)\` of \`switchover/service-worker\` instead, with the same options.
`;

function probeRow(plan: PublishPlan): string {
  if (!needsHealthFile(plan)) return '';
  return `| \`${plan.base}${FILE_NAMES.health}\` | what a host is probed with: its body holds \`${plan.config.marker}\` |\n`;
}

function headerRows({ config, base, ownWorker }: PublishPlan): string {
  const origins = '`Access-Control-Allow-Origin: <origin>`';
  const row = (path: string, header: string, why: string): string => `| ${path} | ${header} | ${why} |`;
  const probes = [...new Set(config.hosts.map(({ origin, probe }) => probe.replace(origin, '')))];
  return [
    row(
      `\`${base}${scriptName(ownWorker)}\``,
      '`Cache-Control: no-cache`',
      'browsers see a new worker, or the one that ends it, at once',
    ),
    ...probes.map((probe) =>
      row(`\`${probe}\``, `${origins}, \`Cache-Control: no-store\``, 'other hosts’ pages ask whether this one is well'),
    ),
    row(
      'images, styles, scripts, fonts',
      origins,
      'other hosts’ pages take them from here when their own server fails',
    ),
    ...(config.mode === 'transparent'
      ? [row('documents', TRANSPARENT, 'shown under another host’s address, with the headers that protect them')]
      : []),
  ].join('\n');
}

const TRANSPARENT = '`Access-Control-Allow-Origin: <origin>`, `Access-Control-Expose-Headers: *`';
