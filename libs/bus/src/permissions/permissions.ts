import {
  bytesSubject,
  recipesSubject,
  statusSubject,
  warningSubject,
  weightedServices,
} from '@cullstream/contracts';
import { BYTES_BUCKET, BYTES_STREAM } from '../bytes/bytes-bucket.js';
import { extractorRef, UNFINISHED_ATTEMPTS } from '../consume/unfinished-attempts.js';
import { CONTRACT_RECORD } from '../records/contract-bucket.js';
import { RUN_RECORDS } from '../records/open-records.js';
import { PROJECT_CLAIMS } from '../records/project-claims.js';
import { consumerStages, type ConsumerName } from '../topology/consumers.js';
import { streams } from '../topology/streams.js';

/** Who logs in at a broker that several people can reach. */
export const busUsers = [
  'extractor',
  'embedder',
  'predictor',
  'writer',
  'reporter',
  /** Creates streams, buckets and consumers. */
  'provisioner',
  /** The command line: plans, follows, replays, forgets. */
  'operator',
] as const;
export type BusUser = (typeof busUsers)[number];

/** Subjects a user may publish to and subscribe to; everything else is refused. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Whether it may answer what it was asked, and nothing else, in the inbox of whoever asked. */
  readonly answers?: true;
}

/** Prefix of the subjects under which answers come to a program of this name, and to nobody else. */
export function toInboxPrefix(name: string): string {
  return `_INBOX_${name}`;
}

const API = '$JS.API';

/** Subjects of asking for a stored message, by both ways a client may take. */
function reading(stream: string): string[] {
  return [
    `${API}.STREAM.MSG.GET.${stream}`,
    `${API}.DIRECT.GET.${stream}`,
    `${API}.DIRECT.GET.${stream}.>`,
  ];
}

/** Reading a bucket; its keys are told by the stream's facts. */
function readingBucket(bucket: string): string[] {
  return [...reading(`KV_${bucket}`), `${API}.STREAM.INFO.KV_${bucket}`];
}

/** Putting bytes into the bucket for embedders without the originals. */
const lending = [
  `${API}.STREAM.INFO.${BYTES_STREAM}`,
  `${API}.STREAM.PURGE.${BYTES_STREAM}`,
  ...reading(BYTES_STREAM),
  `$O.${BYTES_BUCKET}.C.*`,
  `$O.${BYTES_BUCKET}.M.*`,
];
/** Asking for bytes, taking them out of the bucket and making room again. */
const borrowing = [bytesSubject(), ...reading(BYTES_STREAM), `${API}.STREAM.PURGE.${BYTES_STREAM}`];

/**
 * Consuming by a durable consumer that somebody else made, and settling. Servers from 2.14 on put
 * domain and account into the subjects of acknowledgements.
 */
function consuming(name: ConsumerName, durable: string = name): string[] {
  const stream = streams[consumerStages[name]].name;
  return [
    `${API}.CONSUMER.INFO.${stream}.${durable}`,
    `${API}.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`,
    `$JS.ACK.*.*.${stream}.${durable}.>`,
    `cull.dead.${name}`,
    // Attempts on single messages are recorded, to find those that end the process.
    ...readingBucket(UNFINISHED_ATTEMPTS),
    `$KV.${UNFINISHED_ATTEMPTS}.${stream}.${name}.*`,
  ];
}

/** Every program reads the version of the contract when it starts. */
const asking = [`${API}.STREAM.MSG.GET.KV_${CONTRACT_RECORD}`];

function user(name: BusUser, granted: readonly string[], subscribe: readonly string[] = []) {
  const publish = [...granted, ...asking];
  return { publish, subscribe: [`${toInboxPrefix(name)}.>`, ...subscribe] } satisfies Permissions;
}

/** What each user may do, as data: the least its work needs. */
export const permissions: Readonly<Record<BusUser, Permissions>> = {
  extractor: {
    ...user(
      'extractor',
      [
        'cull.images.*.*',
        'cull.results.*.*.project_2Ecataloged',
        'cull.results.*.*.project_2Efailed',
        ...reading(streams.images.name),
        // It publishes as embedders take.
        `${API}.CONSUMER.INFO.${streams.images.name}.embedder`,
        ...readingBucket(RUN_RECORDS),
        `$KV.${RUN_RECORDS}.*`,
        // Attempts to list a project are recorded, to find those that end the process.
        ...readingBucket(UNFINISHED_ATTEMPTS),
        `$KV.${UNFINISHED_ATTEMPTS}.${extractorRef.stream}.${extractorRef.durable}.*`,
        // Extractors agree on who publishes which project.
        ...readingBucket(PROJECT_CLAIMS),
        `$KV.${PROJECT_CLAIMS}.*.*`,
        ...lending,
        warningSubject('extractor'),
      ],
      [bytesSubject()],
    ),
    answers: true,
  },
  embedder: {
    ...user(
      'embedder',
      [
        ...consuming('embedder'),
        ...borrowing,
        'cull.embeddings.*.*',
        warningSubject('embedder'),
        ...readingBucket(RUN_RECORDS),
      ],
      [recipesSubject('embedder')],
    ),
    answers: true,
  },
  predictor: {
    ...user(
      'predictor',
      [
        ...consuming('predictor'),
        'cull.predictions.*.*',
        warningSubject('predictor'),
        ...readingBucket(RUN_RECORDS),
      ],
      [recipesSubject('predictor')],
    ),
    answers: true,
  },
  writer: user('writer', [
    // Several writers have a consumer each, and nobody else has any of this stream.
    ...consuming('writer', '*'),
    'cull.results.*.*.project_2Eprogressed',
    'cull.results.*.*.project_2Ecompleted',
    'cull.results.*.*.project_2Efailed',
    warningSubject('writer'),
  ]),
  reporter: {
    ...user(
      'reporter',
      [
        statusSubject(),
        warningSubject('reporter'),
        ...reading(streams.results.name),
        `${API}.STREAM.INFO.${streams.dead.name}`,
        ...reading(streams.dead.name),
        `${API}.CONSUMER.INFO.${streams.images.name}.embedder`,
        `${API}.CONSUMER.INFO.${streams.embeddings.name}.predictor`,
        `${API}.CONSUMER.INFO.${streams.predictions.name}.*`,
        ...readingBucket(RUN_RECORDS),
        `$KV.${RUN_RECORDS}.*`,
        // Its page counts embedders, and resumes runs where the weights are the same.
        ...weightedServices.map(recipesSubject),
      ],
      [warningSubject(), statusSubject()],
    ),
    answers: true,
  },
  provisioner: user('provisioner', [
    `${API}.STREAM.INFO.*`,
    `${API}.STREAM.CREATE.*`,
    `${API}.STREAM.UPDATE.*`,
    `${API}.CONSUMER.INFO.*.*`,
    `${API}.CONSUMER.CREATE.>`,
    `${API}.CONSUMER.DURABLE.CREATE.*.*`,
    // One that is ahead of its stream is made anew.
    `${API}.CONSUMER.DELETE.*.*`,
    // The contract is changed only while no run is under way.
    ...readingBucket(RUN_RECORDS),
    `$KV.${CONTRACT_RECORD}.*`,
  ]),
  operator: user(
    'operator',
    [
      'cull.images.*.*',
      'cull.embeddings.*.*',
      'cull.predictions.*.*',
      'cull.results.*.*.*',
      ...weightedServices.map(recipesSubject),
      warningSubject('operator'),
      `${API}.INFO`,
      `${API}.STREAM.INFO.*`,
      `${API}.STREAM.NAMES`,
      `${API}.STREAM.MSG.GET.*`,
      ...Object.values(streams).map(({ name }) => `${API}.STREAM.MSG.DELETE.${name}`),
      `${API}.STREAM.PURGE.*`,
      `${API}.DIRECT.GET.>`,
      `${API}.CONSUMER.>`,
      `$KV.${RUN_RECORDS}.*`,
      `$KV.${UNFINISHED_ATTEMPTS}.>`,
      'cull.dead.*',
    ],
    [statusSubject()],
  ),
};
