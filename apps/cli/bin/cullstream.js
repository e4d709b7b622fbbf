#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  process.stderr.write('cullstream is not built yet: run `npm ci` (or `npm run build`) first\n');
  process.exit(2);
}
await import(main.href);
