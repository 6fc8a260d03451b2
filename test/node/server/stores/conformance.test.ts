import { afterAll, beforeAll, describe, test } from 'vitest';
import { storeChecks } from '../../../../src/server/conformance/storeChecks.ts';
import { Peer } from './peer.ts';
import { sqliteUnderTest } from './sqliteUnderTest.ts';

describe('a session store in SQLite', () => {
  for (const { name, run } of storeChecks) test(name, () => run((limits) => sqliteUnderTest(limits)));
});

describe('a session store in SQLite, through two processes in turn,', () => {
  let peer: Peer;
  beforeAll(() => {
    peer = new Peer();
  });
  afterAll(() => peer.close());
  for (const { name, run } of storeChecks) test(name, () => run((limits) => sqliteUnderTest(limits, peer)));
});
