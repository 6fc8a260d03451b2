/**
 * The native half of a phone, as React Native's JavaScript (Android's) sees it: modules that it calls, and events that it hears. What
 * lies behind the network is given: real sockets, or a village in memory.
 */
export interface Network {
  /** Sends a request; the returned function ends it. */
  request(request: DeviceRequest, told: RequestEvents): () => void;
  /** Opens a WebSocket. */
  connect(url: string, headers: Readonly<Record<string, string>>, told: LineEvents): Line;
}

export interface DeviceRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
}

export interface RequestEvents {
  head(status: number, headers: Readonly<Record<string, string>>, url: string): void;
  progress(loaded: number, total: number): void;
  end(body: string): void;
  failed(message: string): void;
}

export interface LineEvents {
  opened(): void;
  message(text: string): void;
  closed(code: number, reason: string): void;
  failed(message: string): void;
}

export interface Line {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** Tells React Native's JavaScript of an event. */
export type Emit = (name: string, event: unknown) => void;

type Module = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface Device {
  /** To be `global.__turboModuleProxy`. */
  readonly module: (name: string) => Module | null;
  /** The app comes to the front, or leaves it. */
  appState(state: 'active' | 'inactive' | 'background'): void;
  /** Requests that were ended before their end, by their URLs. */
  readonly aborted: readonly string[];
}

/** @param emit Looked up at each event: the JavaScript is loaded after the device is there. */
export function device(network: Network, emit: Emit): Device {
  const aborted: string[] = [];
  const blobs = new Map<string, string>();
  const modules: Readonly<Record<string, Module>> = {
    Networking: networking(network, emit, blobs, aborted),
    WebSocketModule: sockets(network, emit),
    BlobModule: {
      getConstants: () => ({ BLOB_URI_SCHEME: 'content', BLOB_URI_HOST: 'quay.blobs' }),
      addNetworkingHandler: nothing,
      addWebSocketHandler: nothing,
      removeWebSocketHandler: nothing,
      createFromParts: (parts: readonly { data: string }[], id: string) =>
        void blobs.set(id, parts.map(({ data }) => data).join('')),
      release: (id: string) => void blobs.delete(id),
    },
    FileReaderModule: { readAsText: async ({ blobId }: { blobId: string }) => blobs.get(blobId) ?? '' },
    PlatformConstants: { getConstants: () => ({ isTesting: false, Version: 36, reactNativeVersion: {} }) },
    AppState: {
      getConstants: () => ({ initialAppState: 'active' }),
      getCurrentAppState: nothing,
      ...LISTENED,
    },
  };
  return {
    module: (name) => modules[name] ?? null,
    appState: (state) => emit('appStateDidChange', { app_state: state }),
    aborted,
  };
}

const nothing = (): void => {};
const LISTENED = { addListener: nothing, removeListeners: nothing };

function networking(network: Network, emit: Emit, blobs: Map<string, string>, aborted: string[]): Module {
  const ends = new Map<number, () => void>();
  let made = 0;
  const bodyOf = (text: string, responseType: string) => {
    if (responseType !== 'blob') return text;
    const blobId = `answer ${++made}`;
    blobs.set(blobId, text);
    return { blobId, offset: 0, size: text.length };
  };
  return {
    ...LISTENED,
    sendRequest(
      method: string,
      url: string,
      id: number,
      headers: readonly (readonly [string, string])[],
      data: { readonly string?: string; readonly blob?: { readonly blobId: string } },
      responseType: string,
      wantsProgress: boolean,
    ) {
      const body = data.string ?? (data.blob === undefined ? null : (blobs.get(data.blob.blobId) ?? ''));
      const live = (tell: () => void) => {
        if (ends.has(id)) tell();
      };
      const end = network.request(
        { method, url, headers, body },
        {
          head: (status, answered, from) => live(() => emit('didReceiveNetworkResponse', [id, status, answered, from])),
          progress: (loaded, total) =>
            live(() => wantsProgress && emit('didReceiveNetworkDataProgress', [id, loaded, total])),
          end: (text) =>
            live(() => {
              emit('didReceiveNetworkData', [id, bodyOf(text, responseType)]);
              ends.delete(id);
              emit('didCompleteNetworkResponse', [id, null]);
            }),
          failed: (message) =>
            live(() => {
              ends.delete(id);
              emit('didCompleteNetworkResponse', [id, message, false]);
            }),
        },
      );
      ends.set(id, () => {
        aborted.push(url);
        end();
      });
    },
    abortRequest(id: number) {
      ends.get(id)?.();
      ends.delete(id);
    },
  };
}

/** As on Android: a connection can't be closed before it is open. */
function sockets(network: Network, emit: Emit): Module {
  const open = new Map<number, Line>();
  return {
    ...LISTENED,
    connect(url: string, _protocols: unknown, { headers }: { headers: Record<string, string> }, id: number) {
      const line = network.connect(url, headers, {
        opened() {
          open.set(id, line);
          emit('websocketOpen', { id, protocol: '' });
        },
        message: (data) => emit('websocketMessage', { id, type: 'text', data }),
        closed(code, reason) {
          open.delete(id);
          emit('websocketClosed', { id, code, reason });
        },
        failed(message) {
          open.delete(id);
          emit('websocketFailed', { id, message });
        },
      });
    },
    send: (text: string, id: number) => open.get(id)?.send(text),
    // The pong is nobody's to hear.
    ping: nothing,
    close(code: number, reason: string, id: number) {
      open.get(id)?.close(code, reason);
      open.delete(id);
    },
  };
}
