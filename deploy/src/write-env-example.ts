import { readFile, writeFile } from 'node:fs/promises';
import { program } from '@commander-js/extra-typings';
import {
  collectSettings,
  toVariableName,
  type SettingsSchema,
  type UsedSetting,
} from '@cullstream/runtime';
import { provisionSettings } from '../../apps/cli/dist/settings/deployment-settings.js';
import { runSettings } from '../../apps/cli/dist/settings/settings.js';
import { embedderSettings } from '../../apps/embedder/dist/settings.js';
import { extractorSettings } from '../../apps/extractor/dist/settings.js';
import { predictorSettings } from '../../apps/predictor/dist/settings.js';
import { reporterSettings } from '../../apps/reporter/dist/settings.js';
import { writerSettings } from '../../apps/writer/dist/settings.js';

const { check } = program
  .name('node deploy/write-env-example.js')
  .description(
    'Writes .env.example: what a deployment says of itself, then every setting of every program, from their schemas. ' +
      'Wants a built checkout.',
  )
  .option('--check', 'write nothing, and end with 1 when the file is stale')
  .parse()
  .opts();

/** Name, default and description of a setting. */
type OwnSetting = readonly [string, string | undefined, string];
/**
 * Settings that the compose files read. A value is their default, undefined must be filled in.
 */
const deployment: readonly OwnSetting[] = [
  ['CULL_ORIGINALS_DIR', undefined, 'folder of the originals on this host; mounted read only'],
  ['CULL_DATA_DIR', undefined, 'data folder on this host: databases, embeddings, weights, reports'],
  ['CULL_CACHE_DIR', undefined, 'folder on this host for what can always be made anew'],
  ['COMPOSE_PROJECT_NAME', 'deploy', 'name of the deployment; several on a host need several'],
  ['CULL_KEYS_DIR', './keys', 'folder of the keys that `cullstream keys` made'],
  ['CULL_TLS_DIR', './tls', 'ca.pem, server.pem and server-key.pem, for compose.tls.yaml'],
  ['CULL_ORIGINALS', '/originals', 's3://bucket/prefix of the originals, for compose.s3.yaml'],
  ['AWS_ENDPOINT_URL', 'that of Amazon', 'address of the storage, for compose.s3.yaml'],
  ['AWS_REGION', 'us-east-1', 'its region'],
  [
    'AWS_ACCESS_KEY_ID',
    '',
    'a key that may list and read there, and put objects where CULL_VECTORS is, and nothing else',
  ],
  ['AWS_SECRET_ACCESS_KEY', '', 'and its secret'],
  ['CULL_UID', '1000', 'user the services work as: the owner of data, cache and keys'],
  ['CULL_GID', '1000', 'and its group'],
  ['CULL_VERSION', 'latest', 'tag of the images'],
  ['CULL_MAX_EMBEDDERS', '8', 'embedders that may work at the same time'],
  ['CULL_MAX_WRITERS', '1', 'writers that share the projects'],
  ['CULL_REPORTER_PORT', '9400', 'loopback port of the reporter: /readyz and /metrics'],
  ['CULL_PAGE_PORT', '4280', 'loopback port of the page; open it with ?token= and keys/page.token'],
  ['CULL_GPU_WORKERS', '2', 'sessions of the profile `gpu` on its card'],
  ['CULL_GPU_BATCH', '32', 'images of one inference there'],
  ['CULL_PROMETHEUS_IMAGE', 'prom/prometheus:v3.5.0', 'image of the profile `metrics`'],
  ...(
    [
      ['BROKER', '1g', '1'],
      ['EXTRACTOR', '512m', '1'],
      ['EMBEDDER', '3g', '2'],
      ['PREDICTOR', '512m', '1'],
      ['WRITER', '512m', '1'],
      ['REPORTER', '384m', '1'],
    ] as const
  ).flatMap(([name, memory, cpus]): OwnSetting[] => [
    [`CULL_${name}_MEMORY`, memory, `memory of the ${name.toLowerCase()}, each`],
    [`CULL_${name}_CPUS`, cpus, `cores of the ${name.toLowerCase()}, each`],
  ]),
  ['CULL_BROKER_GC_MEMORY', '180MiB', 'memory from which the broker collects its garbage at once'],
  ['CULL_CLI_MEMORY', '2g', 'memory of a command'],
];

const programs: Readonly<Record<string, SettingsSchema>> = {
  extractor: extractorSettings,
  embedder: embedderSettings,
  predictor: predictorSettings,
  writer: writerSettings,
  reporter: reporterSettings,
  cli: runSettings,
  provision: provisionSettings,
};

/** Settings that compose.yaml sets, or that are given on a command line. */
const decided = new Set([
  ...['natsUrl', 'natsUser', 'natsPassword', 'natsSeedFile', 'natsCaFile', 'nats'],
  ...[
    'run',
    'folderId',
    'device',
    'healthPort',
    'healthHost',
    'originals',
    'data',
    'cache',
    'embedders',
    'services',
  ],
  ...['page', 'pagePort', 'pageHost', 'pageToken', 'pageTokenFile'],
  ...['config', 'json', 'detach', 'restart', 'until', 'maxLoad'],
]);

function describeSetting({ setting, description, preset, users }: UsedSetting): string {
  const notes = [`used by ${users.join(', ')}`];
  if (preset !== undefined) notes.push(`default ${preset}`);
  return [`# ${description} (${notes.join('; ')})`, `#${toVariableName(setting)}=`].join('\n');
}

function describeOwn([name, preset, description]: OwnSetting): string {
  if (preset === undefined) return `# ${description}\n${name}=`;
  const note = preset === '' ? '' : ` (default ${preset})`;
  return `# ${description}${note}\n#${name}=`;
}

const text = [
  '# Settings of a deployment: copy to .env and fill in the first three. Written by',
  '# deploy/write-env-example.js from the schemas of the programs; do not edit this file.',
  '',
  '# --- the deployment ---',
  '',
  ...deployment.map((entry) => `${describeOwn(entry)}\n`),
  '# --- the programs; files are named as the containers see them: /data, /originals ---',
  '',
  ...collectSettings(Object.entries(programs))
    .filter(({ setting }) => !decided.has(setting))
    .map((entry) => `${describeSetting(entry)}\n`),
].join('\n');

const path = new URL('../.env.example', import.meta.url);
if (check === true) {
  const current = await readFile(path, 'utf8').catch(() => '');
  if (current !== text) {
    console.error('deploy/.env.example is stale: run node deploy/write-env-example.js');
    process.exitCode = 1;
  }
} else {
  await writeFile(path, text);
}
