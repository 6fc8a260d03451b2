import type { Engine, EngineName } from '../../../test/browser/rig/engine.ts';
import type { Profile } from '../../../test/browser/rig/profile.ts';
import type { Tab } from '../../../test/browser/rig/tab.ts';
import { sleep } from '../../../test/rig/wait.ts';
import type { Contender } from '../contenders.ts';
import { install, type Stage } from '../stage.ts';
import type { Fault } from './faults.ts';
import { type Recovery, visit } from './watch.ts';

/** So that those who wait for the same time do not all go on in the same moment, in milliseconds. */
const STAGGER_MS = 150;

/** What a fault did to one user. */
export interface Outcome extends Recovery {
  readonly engine: EngineName;
  readonly contender: string;
  readonly fault: string;
  /** How long the page after it took, to which a link of the first leads; null: there was no page, or none within the limit. */
  readonly nextMs: number | null;
}

/** A user who has the site open, under its worker. */
interface User {
  readonly engine: EngineName;
  readonly contender: Contender;
  readonly tab: Tab;
  readonly origin: string;
}

/** One round: users who know nothing yet, all well; then the fault, and a link that each of them follows. */
export async function round(
  fault: Fault,
  engines: readonly Engine[],
  contenders: readonly Contender[],
  stage: Stage,
  limitMs: number,
): Promise<Outcome[]> {
  const profiles: Profile[] = [];
  const open = async (engine: Engine): Promise<Profile> => {
    const profile = await engine.newProfile();
    profiles.push(profile);
    return profile;
  };
  /** Each has a profile: in WebKit a profile does one thing after the other, and loses what workers of many origins have cached. */
  const enterAll = async (engine: Engine): Promise<User[]> => {
    const users: User[] = [];
    for (const contender of contenders) users.push(await enter(engine.name, await open(engine), contender, stage));
    return users;
  };
  try {
    const users = (await Promise.all(engines.map(enterAll))).flat();
    await fault.strike(stage.first);
    return await followAll(fault, users, limitMs);
  } finally {
    await Promise.all(profiles.map((profile) => profile.close()));
    await fault.heal(stage.first);
  }
}

async function enter(engine: EngineName, profile: Profile, contender: Contender, stage: Stage): Promise<User> {
  const origin = stage.originOf(contender);
  const tab = await profile.openTab(`${origin}/before`);
  await install(contender, tab);
  await tab.goto(`${origin}/ready`);
  return { engine, contender, tab, origin };
}

async function followAll(fault: Fault, users: readonly User[], limitMs: number): Promise<Outcome[]> {
  if (!fault.atOnce) {
    const waiting = users.map(async (user, at) => {
      await sleep(at * STAGGER_MS);
      return follow(fault, user, limitMs);
    });
    return Promise.all(waiting);
  }
  const outcomes: Outcome[] = [];
  for (const user of users) outcomes.push(await follow(fault, user, limitMs));
  return outcomes;
}

async function follow(fault: Fault, { engine, contender, tab, origin }: User, limitMs: number): Promise<Outcome> {
  const recovery = await visit(tab, `${origin}/story`, limitMs);
  const found = { engine, contender: contender.name, fault: fault.name, ...recovery };
  if (recovery.usableMs === null) return { ...found, nextMs: null };
  const at = new URL(await tab.url()).origin;
  return { ...found, nextMs: (await visit(tab, `${at}/next`, limitMs)).usableMs };
}
