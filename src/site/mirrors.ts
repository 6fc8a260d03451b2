/** A file at one of the origins that are listed as serving the same. */
export interface ListedFile {
  /** Whom the page asks for it. */
  readonly origin: string;
  /** Path, query and fragment: the same on each origin of the group. Begins with a slash. */
  readonly path: string;
  readonly group: readonly string[];
}

/**
 * Finds the group of a file.
 *
 * @param url Absolute, as the browser writes it in `Request.url` and `URL.href`. So what begins with a listed origin and a slash lies
 * there: a user name, an unusual port or a backslash can't hide another host, and does not match.
 * @returns Null for a file whose origin is not listed.
 */
export function listedFile(url: string, groups: readonly (readonly string[])[]): ListedFile | null {
  for (const group of groups) {
    const origin = group.find((each) => url.startsWith(`${each}/`));
    if (origin !== undefined) return { origin, path: url.slice(origin.length), group };
  }
  return null;
}
