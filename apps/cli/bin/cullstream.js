#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../build/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  process.stderr.write('cullstream is not built yet: run `npm ci` (or `npm run build`) first\n');
  process.exit(2);
}
// onnxruntime would tell its makers how it is used: in this process and in all that it starts.
process.env.ORT_DISABLE_TELEMETRY ??= '1';
await import(main.href);
