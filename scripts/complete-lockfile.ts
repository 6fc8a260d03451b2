/**
 * Adds to package-lock.json the packages that only other platforms install, where the registry in use did not offer them.
 *
 * `npm ci` refuses a lockfile in which an optional dependency is missing, also one that this machine would never install.
 * A mirror that holds only some platforms makes npm write such a lockfile. Run this after `npm install` if the lockfile
 * test says so: `node scripts/complete-lockfile.ts`, with a folder as argument for the lockfile of a test's fixture.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LockedPackage {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  license?: string;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

const PLATFORM =
  /(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32|windows)-(arm64|aarch64|arm|ia32|loong64|ppc64|riscv64|s390x|x64|64)(?:-(musl|gnu|glibc))?/;

/** How packages call what npm knows by another name. */
const ALSO_CALLED: Readonly<Record<string, string>> = { windows: 'win32', aarch64: 'arm64', '64': 'x64', gnu: 'glibc' };
const asNpmCalls = (word: string): string => ALSO_CALLED[word] ?? word;

/** Optional dependencies that no entry of the lockfile stands for. */
export function missingOptional(lock: Lockfile): { owner: LockedPackage; name: string; version: string }[] {
  const held = new Set(Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)));
  return Object.values(lock.packages).flatMap((owner) =>
    Object.entries(owner.optionalDependencies ?? {})
      .filter(([name]) => !held.has(name))
      .map(([name, version]) => ({ owner, name, version })),
  );
}

/** The lockfile with an entry for each of those, told from its name which machines it is for. */
export function completed(lock: Lockfile): Lockfile {
  const packages = { ...lock.packages };
  for (const { owner, name, version } of missingOptional(lock)) {
    const [, os, cpu, libc] = PLATFORM.exec(name) ?? [];
    if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
      throw new Error(`${name}@${version}: can't tell its platform or its exact version; add it by hand`);
    }
    packages[`node_modules/${name}`] = {
      version,
      cpu: [asNpmCalls(cpu)],
      ...(owner.dev === undefined ? {} : { dev: owner.dev }),
      ...(libc === undefined ? {} : { libc: [asNpmCalls(libc)] }),
      ...(owner.license === undefined ? {} : { license: owner.license }),
      optional: true,
      os: [asNpmCalls(os)],
    };
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

if (import.meta.main) {
  const path = join(process.argv[2] ?? '.', 'package-lock.json');
  const lock: Lockfile = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, `${JSON.stringify(completed(lock), null, 2)}\n`);
}
