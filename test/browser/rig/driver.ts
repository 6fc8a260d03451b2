/** What the rig wants of an engine. The rest (waiting, values, clean-up) is the same for all of them. */

/** Starts an engine's browser with the profile in `directory`, which may be one that an earlier browser has left. */
export type Launch = (directory: string) => Promise<BrowserDriver>;

/** A browser that runs. */
export interface BrowserDriver {
  version(): Promise<string>;
  /** The profile in the browser's directory. Asked for at most once. */
  ownProfile(): Promise<ProfileDriver>;
  /** A profile in memory that shares nothing with any other. */
  newProfile(): Promise<ProfileDriver>;
  /** Has the browser write what it has to write, then ends all of its processes. */
  end(): Promise<void>;
}

/** One profile of a running browser. */
export interface ProfileDriver {
  newTab(): Promise<TabDriver>;
  /** Absent: the engine cannot. */
  readonly setOffline?: (isOffline: boolean) => Promise<void>;
  /** Ends its tabs and forgets what was stored, save for a profile in a directory. */
  close(): Promise<void>;
}

/** One tab. What moves it (`navigate`, `reload`, `goBack`) may resolve or reject at any time: the rig looks at the documents. */
export interface TabDriver {
  navigate(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  goBack(): Promise<unknown>;
  /** Calls the function that `source` is, without arguments, and gives the text that its promise ends with. */
  run(source: string): Promise<string>;
  /** What the address bar shows. */
  address(): Promise<string>;
  title(): Promise<string>;
  /** PNG. */
  screenshot(): Promise<Buffer>;
  resize(width: number, height: number): Promise<void>;
  click(selector: string): Promise<void>;
  type(selector: string, text: string): Promise<void>;
  close(): Promise<void>;
  /** Lines of the console, and errors that nobody caught. Grows. Absent: the engine does not tell. */
  readonly said?: readonly string[];
  /** Kills the process that draws the tab. May resolve or reject at any time. Absent: the engine cannot. */
  readonly crash?: () => Promise<unknown>;
  /** Stops and starts a page's life as the browser does with pages that nobody sees. Absent: the engine cannot. */
  readonly setFrozen?: (isFrozen: boolean) => Promise<void>;
  /** Ends the service workers of the browser, as it does by itself with those that had nothing to do. Absent: the engine cannot. */
  readonly stopWorkers?: () => Promise<void>;
}
