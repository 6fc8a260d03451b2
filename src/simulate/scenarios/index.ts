import affinity from './affinity.json' with { type: 'json' };
import brownOut from './brown-out.json' with { type: 'json' };
import drain from './drain.json' with { type: 'json' };
import errors from './errors.json' with { type: 'json' };
import flapping from './flapping.json' with { type: 'json' };
import million from './million.json' with { type: 'json' };
import offline from './offline.json' with { type: 'json' };
import outage from './outage.json' with { type: 'json' };
import overload from './overload.json' with { type: 'json' };
import overloadBusy from './overload-busy.json' with { type: 'json' };
import overloadHalf from './overload-half.json' with { type: 'json' };
import overloadShared from './overload-shared.json' with { type: 'json' };
import overloadSharedHalf from './overload-shared-half.json' with { type: 'json' };
import sessionsClientJitter from './sessions-client-jitter.json' with { type: 'json' };
import sessionsDrain from './sessions-drain.json' with { type: 'json' };
import sessionsFailover from './sessions-failover.json' with { type: 'json' };
import sessionsOneProcess from './sessions-one-process.json' with { type: 'json' };

/** The scenarios that come along, by name, as they stand in their files. */
export const SCENARIOS: Readonly<Record<string, unknown>> = {
  outage,
  'brown-out': brownOut,
  flapping,
  errors,
  drain,
  affinity,
  offline,
  'overload-busy': overloadBusy,
  'overload-half': overloadHalf,
  'overload-shared': overloadShared,
  'overload-shared-half': overloadSharedHalf,
  overload,
  million,
  'sessions-failover': sessionsFailover,
  'sessions-client-jitter': sessionsClientJitter,
  'sessions-drain': sessionsDrain,
  'sessions-one-process': sessionsOneProcess,
};
