// Runs Metro in a project: `node metro.ts <project> <entry> <out> <profile> …`. A process of its own, as Metro wants one.
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Metro {
  loadConfig(options: { cwd: string; config: string }): Promise<{ maxWorkers: number }>;
  runBuild(config: object, options: object): Promise<unknown>;
}

const [project = '', ...builds] = process.argv.slice(2);
const metro = createRequire(join(project, 'package.json'))('metro') as Metro;
const config = await metro.loadConfig({ cwd: project, config: join(project, 'metro.config.js') });

for (let at = 0; at < builds.length; at += 3) {
  const [entry, out, profile] = builds.slice(at, at + 3);
  const build = { entry, out, platform: 'android', dev: false, minify: false, unstable_transformProfile: profile };
  await metro.runBuild({ ...config, maxWorkers: 2 }, build);
}
