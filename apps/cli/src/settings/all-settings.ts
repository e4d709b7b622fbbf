import {
  activations,
  bytesModes,
  featureRecipes,
  deviceChoices,
  precisionChoices,
  preprocessings,
} from '@cullstream/contracts';
import {
  cacheSetting,
  logLevels,
  integerWithin,
  localPath,
  nameList,
  notificationSettings,
  onOrOff,
  positiveInteger,
  positiveNumber,
  timeOfDay,
} from '@cullstream/runtime';
import { z } from 'zod';
import { embeddingSettings } from './embedding-settings.js';

/**
 * `own`: services that are started by the command and end with it. `deployed`: services of a
 * deployment, which work on every run.
 */
const serviceModes = ['own', 'deployed'] as const;

/** No well-known service uses this port, and it is below the range of ephemeral ports. */
const DEFAULT_PAGE_PORT = 4280;

/** Every setting of the command line, by name. Each command uses a part of them. */
export const allSettings = z.object({
  originals: z.string().min(1).meta({
    description: 'folder of your images (zips, folders), or s3://bucket; only read',
    placeholder: 'dir',
  }),
  data: localPath.default('./data').meta({
    description: 'folder for results: databases, embeddings, models, logs',
    placeholder: 'dir',
  }),
  cache: cacheSetting.meta({
    description: 'folder for nats-server and converted models; may be deleted',
    placeholder: 'dir',
  }),
  inventory: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'file that lists the projects (YAML or JSON)', placeholder: 'file' }),
  only: nameList
    .optional()
    .meta({ description: 'process only these projects', placeholder: 'a,b' }),
  skip: nameList
    .optional()
    .meta({ description: 'process all but these projects', placeholder: 'a,b' }),
  embedder: z.string().min(1).optional().meta({
    description: 'CLIP image encoder (.onnx, .pt, .bin, .safetensors)',
    placeholder: 'file',
  }),
  ranker: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'ranker, which scores images', placeholder: 'file' }),
  crop: z.string().min(1).optional().meta({ description: 'crop proposer', placeholder: 'file' }),
  features: z
    .enum(featureRecipes)
    .default('as-trained')
    .meta({
      description: `inputs of ranker and crop proposer: ${featureRecipes.join(' or ')}`,
      placeholder: 'recipe',
    }),
  preprocess: z
    .enum(preprocessings)
    .default('exact')
    .meta({
      description: `pixels exactly as Pillow computes them, or faster: ${preprocessings.join(' or ')}`,
      placeholder: 'mode',
    }),
  precision: z
    .enum(precisionChoices)
    .default('fp32')
    .meta({
      description: `precision of the image encoder: ${precisionChoices.join(', ')}; auto is the one that \`models approve\` approved for your images, else fp32`,
      placeholder: 'precision',
    }),
  activation: z
    .enum(activations)
    .optional()
    .meta({
      description: `activation function of an image encoder that is not a known one: ${activations.join(' or ')} (default: quick-gelu, with a warning)`,
      placeholder: 'name',
    }),
  device: z
    .enum(deviceChoices)
    .default('cpu')
    .meta({
      description: `device for the image encoder: ${deviceChoices.join(', ')}; \`doctor\` lists those of this machine, auto is the fastest that \`doctor --tune\` measured`,
      placeholder: 'device',
    }),
  minGroupSize: positiveInteger
    .default(2)
    .meta({ description: 'fewest variants that make a group', placeholder: 'n' }),
  timeGapMinutes: positiveNumber
    .optional()
    .meta({ description: 'longest time between neighbouring images of a group', placeholder: 'n' }),
  ...embeddingSettings,
  embedders: integerWithin({ min: 1, max: 64 })
    .default(1)
    .meta({ description: 'number of embedder processes', placeholder: 'n' }),
  workers: integerWithin({ min: 1, max: 256 }).optional().meta({
    description:
      'inference workers of each embedder (default: as measured by `doctor --tune`, else one for each core, or one for a device other than the processor)',
    placeholder: 'n',
  }),
  threads: integerWithin({ min: 1, max: 256 }).optional().meta({
    description: 'threads of each inference (default: as measured, else 1)',
    placeholder: 'n',
  }),
  batch: integerWithin({ min: 1, max: 64 }).optional().meta({
    description:
      'images in each inference (default: as measured, else 8, or 16 on a device other than the processor)',
    placeholder: 'n',
  }),
  decodes: integerWithin({ min: 1, max: 64 }).optional().meta({
    description:
      'images that each worker decodes at once (default: as measured, else 2, or one for each core where another device infers)',
    placeholder: 'n',
  }),
  memoryCap: positiveInteger.optional().meta({
    description:
      'memory limit of each embedder in MB (default: none, but 192 MB of images at once)',
    placeholder: 'mb',
  }),
  bytes: z
    .enum(bytesModes)
    .default('originals')
    .meta({
      description: `where embedders get images from: the folder of originals or, without access to it, the broker: ${bytesModes.join(' or ')}`,
      placeholder: 'how',
    }),
  readTimeout: positiveNumber.default(60).meta({
    description:
      'seconds without an answer after which the drive of the originals counts as unreachable',
    placeholder: 'n',
  }),
  nats: z.string().min(1).optional().meta({
    description: 'address of a broker (default: cullstream starts its own)',
    placeholder: 'url',
  }),
  replicas: integerWithin({ min: 1, max: 5 })
    .refine((replicas) => replicas % 2 === 1, 'expected 1, 3 or 5: a majority decides')
    .optional()
    .meta({
      description:
        'number of servers of a cluster that keep each stream: 3 or 5 (default: 1, or what the streams have)',
      placeholder: 'n',
    }),
  natsSeedFile: z.string().min(1).optional().meta({
    description: 'file with the nkey seed to log in with at that broker',
    placeholder: 'file',
  }),
  natsCaFile: z.string().min(1).optional().meta({
    description: 'file with the certificates to trust at that broker; turns TLS on',
    placeholder: 'file',
  }),
  page: z
    .enum(['on', 'off'])
    .default('on')
    .meta({ description: 'page to watch the run in a browser: on or off', placeholder: 'on|off' }),
  pagePort: integerWithin({ min: 0, max: 65_535 }).default(DEFAULT_PAGE_PORT).meta({
    description: 'port of the page; if it is taken, the next free one',
    placeholder: 'port',
  }),
  pageHost: z.string().min(1).default('127.0.0.1').meta({
    description:
      'address the page is served on; at any other than loopback it asks for the token that is printed',
    placeholder: 'host',
  }),
  notify: notificationSettings.shape.notify.meta({
    description:
      'address to post to when the run ends, pauses by itself or stalls (deployed services have their own)',
    placeholder: 'url',
  }),
  stallMinutes: notificationSettings.shape.stallMinutes.meta({
    description: 'minutes without a finished image after which a run counts as stalled',
    placeholder: 'n',
  }),
  healthPort: integerWithin({ min: 0, max: 65_000 }).optional().meta({
    description:
      'first port for /healthz, /readyz and /metrics; each service takes the next one, or with 0 any free one',
    placeholder: 'port',
  }),
  services: z
    .enum(serviceModes)
    .default('own')
    .meta({
      description: `which services do the work: those that this command starts, or those that run at the broker: ${serviceModes.join(' or ')}`,
      placeholder: 'whose',
    }),
  detach: onOrOff.default(false).meta({
    description: 'with --services deployed: start the run and return; `status` follows it',
    flag: true,
  }),
  keepRuns: integerWithin({ min: 0 }).default(2).meta({
    description: 'number of finished runs, and of replays, whose events are kept',
    placeholder: 'n',
  }),
  until: timeOfDay.optional().meta({
    description: 'time of day at which the run pauses',
    placeholder: 'HH:MM',
  }),
  maxLoad: positiveNumber.optional().meta({
    description:
      "embedders wait while the machine's load average, which includes them, is above this",
    placeholder: 'n',
  }),
  restart: onOrOff
    .default(false)
    .meta({ description: 'start over instead of continuing the unfinished run', flag: true }),
  takeOver: onOrOff.default(false).meta({
    description:
      'take over a data folder that is still locked by a cullstream that ended on another computer, or on this one under another name',
    flag: true,
  }),
  json: onOrOff
    .default(false)
    .meta({ description: 'print one JSON document on stdout and nothing else', flag: true }),
  logLevel: z
    .enum(logLevels)
    .default('warn')
    .meta({
      description: `lowest level of log messages on stderr: ${logLevels.join(', ')}`,
      placeholder: 'level',
    }),
  config: z.string().min(1).optional().meta({
    description: 'settings file (default: ./cullstream.yaml, if it exists)',
    placeholder: 'file',
  }),
});
