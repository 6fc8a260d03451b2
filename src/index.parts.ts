/**
 * What `createFailover` is made of, piece by piece, for a pool and a `fetch` of your own choice.
 *
 * @module switchover/parts
 * @example
 * const pool = createPool(hosts, { rules: [silences, localFaults], parts: [platformNews], ...systemPorts() });
 * const fetch = createFetch(pool, { bodies: bufferedBodies(), options: perRequest });
 */
export { guardedAnswers } from './http/answer.ts';
export { hedging } from './http/hedge.ts';
export { bufferedBodies } from './http/requestBody.ts';
export { perRequest } from './http/requestOptions.ts';
export { type HealthAnswer, judgeProbe } from './policy/probeAnswer.ts';
export { brokenBodies } from './policy/rules/brokenBodies.ts';
export { constantProbes } from './policy/rules/constantProbes.ts';
export { everyRule } from './policy/rules/everyRule.ts';
export { failureWindow } from './policy/rules/failureWindow.ts';
export { localFaults } from './policy/rules/localFaults.ts';
export { oneProber } from './policy/rules/oneProber.ts';
export { retryDates } from './policy/rules/retryDates.ts';
export { serverHints } from './policy/rules/serverHints.ts';
export { signsOfLife } from './policy/rules/signsOfLife.ts';
export { silences } from './policy/rules/silences.ts';
export { sparingProbes } from './policy/rules/sparingProbes.ts';
export { trials } from './policy/rules/trials.ts';
export { readTopology } from './policy/topology.ts';
export * from './publicExtras.ts';
export * from './publicParts.ts';
export { type AffinityOptions, affinity } from './runtime/affinity.ts';
export { discovery } from './runtime/discovery.ts';
export { fullPool } from './runtime/fullPool.ts';
export { networkFault } from './runtime/networkFault.ts';
export { platformNews } from './runtime/platformNews.ts';
export { readingProber } from './runtime/prober.ts';
export { storedHealth } from './runtime/storedHealth.ts';
export { systemPorts } from './runtime/systemPorts.ts';
