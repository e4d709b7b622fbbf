import {
  activations,
  bytesModes,
  featureRecipes,
  devices,
  legacyCacheModes,
  precisions,
  preprocessings,
} from '@cullstream/contracts';
import { cacheSetting, logLevels } from '@cullstream/runtime';
import { z } from 'zod';
import { amount, count, flag, names, timeOfDay, whole } from './setting-types.js';

/** `own` processes that end with the command, or those of a deployment, which serve every run. */
const serviceModes = ['own', 'deployed'] as const;

/** Every setting of the command line, by name. Each command picks its own. */
export const allSettings = z.object({
  originals: z
    .string()
    .min(1)
    .meta({ description: 'folder of the originals, never written', placeholder: 'dir' }),
  data: z
    .string()
    .min(1)
    .default('./data')
    .meta({ description: 'folder of databases, cache, models and logs', placeholder: 'dir' }),
  cache: cacheSetting.meta({
    description: 'folder of nats-server and converted models, all replaceable',
    placeholder: 'dir',
  }),
  inventory: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'list of projects (YAML or JSON)', placeholder: 'file' }),
  only: names.optional().meta({ description: 'only these projects', placeholder: 'a,b' }),
  skip: names.optional().meta({ description: 'all but these projects', placeholder: 'a,b' }),
  embedder: z.string().min(1).optional().meta({
    description: 'CLIP image encoder (.onnx, .pt, .bin, .safetensors)',
    placeholder: 'file',
  }),
  ranker: z.string().min(1).optional().meta({ description: 'ranker', placeholder: 'file' }),
  crop: z.string().min(1).optional().meta({ description: 'crop proposer', placeholder: 'file' }),
  features: z
    .enum(featureRecipes)
    .default('as-trained')
    .meta({
      description: `how model inputs are made: ${featureRecipes.join(' or ')}`,
      placeholder: 'recipe',
    }),
  preprocess: z
    .enum(preprocessings)
    .default('exact')
    .meta({
      description: `pixels as Pillow makes them, or faster: ${preprocessings.join(' or ')}`,
      placeholder: 'mode',
    }),
  precision: z
    .enum(precisions)
    .default('fp32')
    .meta({
      description: `of the image encoder: ${precisions.join(' or ')}`,
      placeholder: 'precision',
    }),
  activation: z
    .enum(activations)
    .optional()
    .meta({
      description: `of an image encoder's checkpoint that is not a known one: ${activations.join(' or ')} (default: quick-gelu is assumed, and said)`,
      placeholder: 'name',
    }),
  device: z
    .enum(devices)
    .default('cpu')
    .meta({
      description: `what computes the image encoder: ${devices.join(', ')}; \`doctor\` lists what is here`,
      placeholder: 'device',
    }),
  minGroupSize: count
    .default(2)
    .meta({ description: 'smaller groups stay ungrouped', placeholder: 'n' }),
  timeGapMinutes: amount
    .optional()
    .meta({ description: 'longest time between neighbours of a group', placeholder: 'n' }),
  legacyCache: z
    .enum(legacyCacheModes)
    .default('check')
    .meta({
      description: `embeddings of the older tool: ${legacyCacheModes.join(', ')}`,
      placeholder: 'mode',
    }),
  embedders: whole({ min: 1, max: 64 })
    .default(1)
    .meta({ description: 'embedder processes', placeholder: 'n' }),
  workers: whole({ min: 1, max: 256 }).optional().meta({
    description: 'workers of each embedder (default: as `doctor --tune` measured, else the cores)',
    placeholder: 'n',
  }),
  threads: whole({ min: 1, max: 256 }).optional().meta({
    description: 'threads of one inference (default: as measured, else 1)',
    placeholder: 'n',
  }),
  batch: whole({ min: 1, max: 64 }).optional().meta({
    description: 'images of one inference (default: as measured, else 8)',
    placeholder: 'n',
  }),
  decodes: whole({ min: 1, max: 64 }).optional().meta({
    description:
      'images a worker decodes at the same time, of PNGs one (default: as measured, else 2)',
    placeholder: 'n',
  }),
  memoryCap: count.optional().meta({
    description:
      'MB that one embedder may take (default: no cap, and 192 MB of images at the same time)',
    placeholder: 'mb',
  }),
  bytes: z
    .enum(bytesModes)
    .default('originals')
    .meta({
      description: `embedders read the folder of originals, or those on hosts without it borrow the images through the broker: ${bytesModes.join(' or ')}`,
      placeholder: 'how',
    }),
  readTimeout: amount.default(60).meta({
    description: 'seconds in which the drive of the originals has to answer',
    placeholder: 'n',
  }),
  nats: z.string().min(1).optional().meta({
    description: 'an external broker; without it cullstream starts its own',
    placeholder: 'url',
  }),
  natsSeedFile: z.string().min(1).optional().meta({
    description: 'file of the nkey seed to log in with at the external broker',
    placeholder: 'file',
  }),
  natsCaFile: z.string().min(1).optional().meta({
    description: 'certificates to trust at the external broker; turns TLS on',
    placeholder: 'file',
  }),
  healthPort: whole({ min: 0, max: 65_000 }).optional().meta({
    description:
      'first port of /healthz, /readyz and /metrics of the services; each takes the next, 0 any free one',
    placeholder: 'port',
  }),
  services: z
    .enum(serviceModes)
    .default('own')
    .meta({
      description: `who works: services of this command's own, or those already deployed at the broker: ${serviceModes.join(' or ')}`,
      placeholder: 'whose',
    }),
  detach: flag.default(false).meta({
    description: 'with --services deployed: begin and return; `status` follows',
    flag: true,
  }),
  keepRuns: whole({ min: 0 }).default(2).meta({
    description: 'finished runs, and as many replays, whose events are kept',
    placeholder: 'n',
  }),
  until: timeOfDay.optional().meta({
    description: 'pause then, at the next time the clock shows it',
    placeholder: 'HH:MM',
  }),
  maxLoad: amount.optional().meta({
    description:
      "embedders wait while the machine's load average is above it, their share included",
    placeholder: 'n',
  }),
  restart: flag.default(false).meta({ description: 'forget the unfinished run', flag: true }),
  takeOver: flag.default(false).meta({
    description:
      'take the data folder from a cullstream of another computer, or of another name of this one, that has ended',
    flag: true,
  }),
  json: flag
    .default(false)
    .meta({ description: 'one JSON document on stdout, nothing else there', flag: true }),
  logLevel: z
    .enum(logLevels)
    .default('warn')
    .meta({
      description: `least level logged on stderr: ${logLevels.join(', ')}`,
      placeholder: 'level',
    }),
  config: z.string().min(1).optional().meta({
    description: 'settings file (default: ./cullstream.yaml, where there is one)',
    placeholder: 'file',
  }),
});
export type AllSettings = z.infer<typeof allSettings>;

/** How embedders use the machine. */
export const engine = {
  workers: true,
  threads: true,
  batch: true,
  decodes: true,
  memoryCap: true,
} as const;
/** Every command that may talk to a broker of somebody else's. */
export const external = { nats: true, natsSeedFile: true, natsCaFile: true } as const;
/** Every command that works in a data folder, which one does at a time. */
export const locking = { takeOver: true } as const;
/** What every command has. */
export const common = {
  data: true,
  cache: true,
  json: true,
  logLevel: true,
  config: true,
} as const;

export const planSettings = allSettings.pick({
  ...common,
  originals: true,
  inventory: true,
  only: true,
  skip: true,
  embedder: true,
  ranker: true,
  crop: true,
  features: true,
  preprocess: true,
  precision: true,
  activation: true,
  device: true,
  minGroupSize: true,
  timeGapMinutes: true,
  legacyCache: true,
  readTimeout: true,
});
export type PlanSettings = Readonly<z.infer<typeof planSettings>>;

export const runSettings = planSettings.extend(
  allSettings.pick({
    ...external,
    ...engine,
    ...locking,
    embedders: true,
    bytes: true,
    restart: true,
    keepRuns: true,
    services: true,
    healthPort: true,
    detach: true,
    until: true,
    maxLoad: true,
  }).shape,
);
export type RunSettings = Readonly<z.infer<typeof runSettings>>;

export const dataSettings = allSettings.pick(common);
export type DataSettings = Readonly<z.infer<typeof dataSettings>>;

export const statusSettings = dataSettings.extend(allSettings.pick({ ...external }).shape);
export type StatusSettings = Readonly<z.infer<typeof statusSettings>>;

export const demoSettings = allSettings
  .pick({ cache: true, json: true, logLevel: true, config: true })
  .extend({
    dir: z.string().min(1).default('./demo').meta({
      description: 'folder for example originals, weights and results',
      placeholder: 'dir',
    }),
  });
export type DemoSettings = Readonly<z.infer<typeof demoSettings>>;
