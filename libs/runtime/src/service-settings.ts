import { bytesModes, runId } from '@cullstream/contracts';
import { join } from 'node:path';
import { z } from 'zod';
import { homeFolder } from './home-folder.js';
import { logLevels } from './logger.js';
import { integerWithin, localPath, nameList } from './setting-types.js';

/** Settings that every service has. */
export const serviceSettings = z.object({
  natsUrl: z.string().min(1).default('nats://127.0.0.1:4222').describe('address of the broker'),
  natsUser: z.string().optional().describe('user at the broker'),
  natsPassword: z.string().optional().describe('password at the broker'),
  natsSeedFile: z.string().min(1).optional().describe('file of the nkey seed to log in with'),
  natsCaFile: z.string().min(1).optional().describe('certificates to trust; turns TLS on'),
  run: runId.optional().describe('work on this run only; without it, on every run'),
  folderId: z
    .string()
    .min(1)
    .optional()
    .describe('id of the data folder, in its .cullstream/folder-id; any other is waited for'),
  logLevel: z.enum(logLevels).default('info').describe('least level that is logged'),
  healthPort: integerWithin({ min: 0, max: 65_535 })
    .optional()
    .describe('port of /healthz, /readyz and /metrics; none is opened without it'),
  healthHost: z.string().min(1).default('127.0.0.1').describe('address that port is opened on'),
});

/** Where the originals are, a folder or a place in a bucket: read only, always. */
export const originalsSetting = z
  .string()
  .min(1)
  .describe('folder of the originals, or s3://bucket/prefix; read only');
/** How embedders get the bytes of images; with `object-store` the extractor sends them. */
export const bytesSetting = z
  .enum(bytesModes)
  .default('originals')
  .describe(
    'images out of the folder of originals, or through the broker for hosts without it: ' +
      bytesModes.join(' or '),
  );
/** Where databases, cache, models and logs are. */
export const dataSetting = localPath.default('./data').describe('data folder');
/** In seconds. A read that takes longer counts as an outage of the drive. */
export const readTimeoutSetting = z.coerce
  .number()
  .positive()
  .max(86_400)
  .default(60)
  .describe('seconds in which a drive, network folder or storage has to answer');
/** Holds what can be downloaded or computed again: nats-server, digests and converted models. */
export const cacheSetting = localPath
  .default(() => join(homeFolder(), '.cache', 'cullstream'))
  .describe('folder of what can always be made anew');

/** Where notifications are sent when a run ends, pauses by itself or stalls. */
export const notificationSettings = z.object({
  notify: z
    .url({
      protocol: /^https?$/,
      error: 'expected an address that begins with http:// or https://',
    })
    .optional()
    .describe('address to post to when a run ends, pauses by itself or stalls'),
  stallMinutes: z.coerce
    .number()
    .positive()
    .max(10_000)
    .default(10)
    .describe('minutes without a finished image after which a run counts as stalled'),
});

/** Where traces of single images are sent, and of which share of them (docs/adr/0034). */
export const traceSettings = z.object({
  traceEndpoint: z
    .url({
      protocol: /^https?$/,
      error: 'expected an address that begins with http:// or https://',
    })
    .optional()
    .describe(
      'address of an OpenTelemetry collector (OTLP over HTTP) for traces; none are made without it',
    ),
  traceRatio: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('share of the images that are traced, from 0 to 1 (default 0.01)'),
});

/** Where the page is served, and who may open it. */
export const pageSettings = z.object({
  pagePort: integerWithin({ min: 0, max: 65_535 })
    .optional()
    .describe('port of the page; none is served without it, and 0 takes a free one'),
  pageHost: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address that port is opened on; any other than loopback needs a token'),
  pageNames: nameList.optional().describe('further host names by which people reach the page'),
  pageToken: z
    .string()
    .min(16)
    .optional()
    .describe('token for a page on another address than loopback; one is made up without it'),
  pageTokenFile: z.string().min(1).optional().describe('file that the token is read from'),
});
