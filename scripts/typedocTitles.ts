import { type Application, Converter, type DocumentReflection } from 'typedoc';

/** Where a document stands in the sidebar, but for the guides. */
const SHELVES: Readonly<Record<string, string>> = { ARCHITECTURE: 'About', CHANGELOG: 'About' };

const HEADING = /^# (.*)\n/;

/** A plug-in of TypeDoc: a document is called what its first heading says, not what its file is called. */
export function titles(app: Application): void {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document: DocumentReflection) => {
    const [, title = document.name] = HEADING.exec(document.content[0]?.text ?? '') ?? [];
    document.frontmatter['group'] = SHELVES[document.name] ?? 'Guides';
    document.name = title;
  });
  // The front page has the project's name above it.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const [first] = project.readme ?? [];
    if (first !== undefined) first.text = first.text.replace(HEADING, '');
  });
}
