// What runs on the phone: React Native's own JavaScript around the network, and an app over it. Metro builds it, with the packed package.
// First of all, since React Native looks for its device as it is loaded.
import './story.ts';
import AppState from 'react-native/Libraries/AppState/AppState';
import RCTDeviceEventEmitter from 'react-native/Libraries/EventEmitter/RCTDeviceEventEmitter';
import 'react-native/Libraries/Core/setUpGlobals';
import 'react-native/Libraries/Core/setUpXHR';
import 'react-native/Libraries/Core/setUpNavigator';
import { createFailover } from 'switchover';
import { reactNative } from 'switchover/react-native';

/** AsyncStorage, as far as it is used: what lies there outlives an app. */
function asyncStorage(values) {
  return {
    getItem: async (key) => values[key] ?? null,
    setItem: async (key, value) => {
      values[key] = value;
    },
    removeItem: async (key) => void delete values[key],
    getAllKeys: async () => Object.keys(values),
  };
}

/** What the phone keeps, over the lives of the app. */
const disk = {};
const keys = {};
const secrets = {
  getGenericPassword: async ({ service }) => (service in keys ? { password: keys[service] } : false),
  setGenericPassword: async (_name, password, { service }) => {
    keys[service] = password;
    return { service, storage: 'keychain' };
  },
  resetGenericPassword: async ({ service }) => delete keys[service],
};
const networks = new Set();
const netInfo = {
  addEventListener(listener) {
    networks.add(listener);
    listener({ type: 'wifi', isConnected: true, details: { ipAddress: '10.0.0.2' } });
    return () => networks.delete(listener);
  },
};

/** One life of the app. */
function start(hosts, options = {}) {
  const events = [];
  const failover = createFailover({
    hosts,
    name: 'quay',
    ...reactNative({ appState: AppState, netInfo, storage: asyncStorage(disk), secrets }),
    session: {
      async open({ fetch }) {
        const headers = { 'Content-Type': 'application/json' };
        const answer = await fetch('/api/sign-in', { method: 'POST', headers, body: JSON.stringify({ name: 'ann' }) });
        return answer.json();
      },
    },
    ...options,
  });
  const letter = (origin) => (origin === null ? '-' : String(hosts.indexOf(origin)));
  failover.on('failover', ({ from, to, cause }) => events.push(`failover ${letter(from)}${letter(to)} ${cause}`));
  let channel = null;
  const heard = [];
  const api = {
    events,
    heard,
    failover,
    current: () => letter(failover.status.current),
    /** By ky. */
    http: (path, how = {}) => failover.http(path, how).json(),
    text: async (path, how = {}) => (await failover.fetch(path, how)).text(),
    enter(credential) {
      channel = failover.channel('/channel', { name: 'room', credential });
      channel.on('message', (data) => void heard.push(data.text));
      channel.on('state', ({ kind, host }) => events.push(`${kind} ${letter(host)}`));
      channel.on('resumed', ({ result }) => events.push(result));
      channel.on('gap', () => events.push('gap'));
    },
    say: (text) => channel.send({ text }),
    link: () => channel.state.kind,
    socket: (path) => new failover.WebSocket(path),
    state: (host) => failover.status.hosts[host].state,
    async end() {
      await channel?.close();
      failover.close();
    },
  };
  return api;
}

globalThis.quay = {
  start,
  disk,
  keys,
  emit: (name, event) => RCTDeviceEventEmitter.emit(name, event),
  network: (state) => {
    for (const listener of networks) listener(state);
  },
};

globalThis.playStory?.();
