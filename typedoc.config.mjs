/** The reference for users, from the doc comments: `npm run docs` writes it to docs/api. */
import { readEntries } from './scripts/entries.ts';
import { titles } from './scripts/typedocTitles.ts';

/** What users meet, in the order in which it is shown. */
const KINDS = /** @type {const} */ ([
  'Module',
  'Function',
  'Variable',
  'Class',
  'Interface',
  'TypeAlias',
  'Constructor',
  'Property',
  'Accessor',
  'Method',
]);

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'Switchover',
  includeVersion: true,
  entryPoints: readEntries().map(({ sources: [source] }) => source),
  tsconfig: 'tsconfig.docs.json',
  readme: 'README.md',
  projectDocuments: ['docs/*.md', 'ARCHITECTURE.md', 'CHANGELOG.md'],
  out: 'docs/api',
  plugin: [titles],
  hideGenerator: true,
  // What a class takes over from the platform's own is documented there.
  excludeExternals: true,
  excludeInternal: true,
  disableSources: true,
  kindSortOrder: ['Document', ...KINDS],
  sort: ['kind', 'alphabetical'],
  highlightLanguages:
    'typescript tsx javascript jsx json jsonc json5 shellscript bash html css http nginx apache yaml sql kotlin swift diff docker toml xml ini python go rust java'.split(
      ' ',
    ),
  ignoredHighlightLanguages: ['caddy'],
  navigation: { includeFolders: false, includeGroups: true, excludeReferences: true },
  groupOrder: ['Modules', 'Guides', 'About', 'Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases'],
  validation: {
    notExported: true,
    invalidLink: true,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  requiredToBeDocumented: [...KINDS, 'CallSignature', 'ConstructorSignature'],
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
};
