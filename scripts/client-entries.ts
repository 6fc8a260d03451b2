/**
 * Marks entries of components with `'use client'`: React's server components may import them, and Next.js then loads them in the
 * browser. The bundler drops such a directive, so it comes back here, on the first line, so that source maps
 * keep their lines.
 */
import { readFileSync, writeFileSync } from 'node:fs';

for (const file of ['dist/react.js', 'dist/react.cjs'])
  writeFileSync(file, `'use client';${readFileSync(file, 'utf8')}`);
