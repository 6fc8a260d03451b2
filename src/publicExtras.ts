/** Beside `createFailover`: ways to say how it is to check hosts, where it finds them, and where it keeps things. */
export { kubernetesProbe, nginxChecks } from './policy/healthPresets.ts';
export type * from './publicFailover.ts';
export { memoryStore } from './runtime/memoryStore.ts';
export { wellKnownHosts } from './runtime/wellKnown.ts';
