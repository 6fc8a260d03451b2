import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Runs a command line with the project's own tools first on the path; its exit code. `quiet` keeps what it says for `said`. */
export function run(line: string, quiet = false): Promise<{ code: number; said: string }> {
  const path = [join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const env = { ...process.env, PATH: path, ...(quiet ? { NO_COLOR: '1' } : {}) };
  return new Promise((resolve) => {
    const child = spawn(line, {
      cwd: root,
      env,
      shell: true,
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    });
    let said = '';
    const keep = (chunk: Buffer): void => {
      said += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('close', (code) => resolve({ code: code ?? 1, said }));
  });
}
