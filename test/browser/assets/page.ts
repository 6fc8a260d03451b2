/** What the tests of assets have in a page: ways to load each kind of file, which say what became of it. */
import { createChunkLoader } from '../../../src/browser/assets/chunkLoader.ts';
import { recoverAssets } from '../../../src/browser/assets/recoverAssets.ts';

/** How a file is asked for. */
export interface AssetWish {
  readonly kind: keyof typeof LOADERS;
  readonly url: string;
  readonly integrity?: string;
  readonly crossOrigin?: string;
}

/** `window.assets`. */
export interface AssetTools {
  /** Gets files, all at once; for each of them `ok`, or what went wrong. */
  load(wishes: readonly AssetWish[]): Promise<string[]>;
  /** The same, of what the page's own text has. */
  recover(groups: readonly (readonly string[])[]): void;
  /** What has been recovered or lost, in that order. */
  readonly told: string[];
  /** What scripts have run, in that order. */
  readonly ran: string[];
  readonly createChunkLoader: typeof createChunkLoader;
  stop(): void;
}

declare global {
  interface Window {
    readonly assets: AssetTools;
  }
}

type Wish = Omit<AssetWish, 'kind'>;

const settled = (element: HTMLElement, ...loaded: string[]): Promise<string> =>
  new Promise((resolve) => {
    for (const type of loaded) element.addEventListener(type, () => resolve('ok'));
    element.addEventListener('error', () => resolve('error'));
  });

function inserted<Kind extends HTMLElement>(element: Kind, ...loaded: string[]): Promise<string> {
  const end = settled(element, ...loaded);
  document.head.append(element);
  return end;
}

function script(type: string, { url, integrity, crossOrigin }: Wish): Promise<string> {
  const element = document.createElement('script');
  if (type !== '') element.type = type;
  if (integrity !== undefined) element.integrity = integrity;
  if (crossOrigin !== undefined) element.crossOrigin = crossOrigin;
  element.src = url;
  return inserted(element, 'load');
}

function style({ url, integrity, crossOrigin }: Wish): Promise<string> {
  const element = document.createElement('link');
  element.rel = 'stylesheet';
  if (integrity !== undefined) element.integrity = integrity;
  if (crossOrigin !== undefined) element.crossOrigin = crossOrigin;
  element.href = url;
  return inserted(element, 'load');
}

const LOADERS = {
  classic: (wish: Wish) => script('', wish),
  module: (wish: Wish) => script('module', wish),
  style,
  image({ url, crossOrigin }: Wish) {
    const element = new Image();
    if (crossOrigin !== undefined) element.crossOrigin = crossOrigin;
    element.src = url;
    return inserted(element, 'load');
  },
  srcset({ url }: Wish) {
    const element = new Image();
    element.srcset = `${url} 1x, ${url}&large 4x`;
    return inserted(element, 'load');
  },
  picture({ url }: Wish) {
    const element = document.createElement('picture');
    element.innerHTML = `<source type="image/png" srcset="${url}"><img src="${url}&small" alt="">`;
    const end = settled(element.lastElementChild as HTMLElement, 'load');
    document.body.append(element);
    return end;
  },
  async import({ url }: Wish) {
    const module = (await import(url)) as { readonly name: string };
    return module.name === 'dependency' ? 'ok' : module.name;
  },
  /** Its bytes are no font: that it is asked for is all that counts. */
  async font({ url }: Wish) {
    await new FontFace('probe', `url(${url})`).load().catch(() => {});
    return 'ok';
  },
  worker({ url }: Wish) {
    const worker = new Worker(url);
    return new Promise<string>((resolve) => {
      worker.onmessage = ({ data }) => resolve(String(data));
      worker.onerror = () => resolve('error');
    });
  },
  async fetch({ url }: Wish) {
    return (await (await fetch(url)).text()) === '"data"' ? 'ok' : 'not the file';
  },
  audio({ url }: Wish) {
    const element = new Audio();
    element.preload = 'metadata';
    element.src = url;
    return inserted(element, 'loadedmetadata');
  },
  source({ url }: Wish) {
    const element = document.createElement('audio');
    element.innerHTML = `<source src="${url}" type="audio/wav">`;
    const end = new Promise<string>((resolve) => {
      element.addEventListener('loadedmetadata', () => resolve('ok'));
      element.lastElementChild?.addEventListener('error', () => resolve('error'));
    });
    element.preload = 'metadata';
    document.body.append(element);
    element.load();
    return end;
  },
};

let stop = (): void => {};
const told: string[] = [];
const ran: string[] = [];

const tools: AssetTools = {
  load: (wishes) =>
    Promise.all(
      wishes.map(({ kind, ...wish }) =>
        Promise.race([
          LOADERS[kind](wish).catch((error: unknown) => String(error)),
          new Promise<string>((resolve) => setTimeout(resolve, 20_000, 'nothing happens')),
        ]),
      ),
    ),
  recover(groups) {
    const tell = (word: string) => (asset: { readonly element: Element; readonly url: string }) => {
      told.push(`${word} ${asset.element.localName} ${new URL(asset.url).pathname}`);
    };
    stop = recoverAssets({ groups, onRecovered: tell('recovered'), onLost: tell('lost') });
  },
  told,
  ran,
  createChunkLoader,
  stop: () => stop(),
};

Object.assign(window, { assets: tools });
