import { modelsHelp, type CommandHelp } from './models-help.js';

const models = '--embedder ViT-B-32.pt --ranker ranker.pt --crop crop.pt';

/** Help texts of every command by its full name, in the order of the help. */
export const commandHelp = {
  demo: {
    summary: 'try everything with example images',
    details:
      'Draws example images, makes untrained weights, and runs over them. The picks mean nothing. ' +
      'Refuses a folder with originals or results of your own.',
    examples: ['cullstream demo', 'cullstream demo --dir /tmp/demo'],
  },
  doctor: {
    summary: 'check this machine, the folders, the broker and the models',
    examples: [
      'cullstream doctor --originals /media/originals',
      'cullstream doctor --tune --memory-cap 4000',
    ],
  },
  plan: {
    summary: 'show what a run would find and do',
    details:
      'Writes nothing and connects to no broker. Name the same folders and models as for `run`.',
    examples: ['cullstream plan --originals /media/originals'],
  },
  run: {
    summary: 'process all projects: embed, score, crop, decide',
    details:
      'The same command continues an interrupted run. Ctrl-C finishes the images in progress; press ' +
      'Ctrl-C again to stop immediately.',
    examples: [
      `cullstream run --originals /media/originals \\\n      ${models}`,
      'cullstream run --originals /media/originals --only aurora --until 07:30',
    ],
  },
  status: {
    summary: 'show how far the current or last run is',
    examples: ['cullstream status', 'cullstream status --json'],
  },
  view: {
    summary: 'look at picks and crops in a browser',
    details:
      'Serves a page on this machine until Ctrl-C: the gallery of every project, the reports of finished ' +
      'runs, and the current run. Only its buttons change anything: they control a run.',
    examples: ['cullstream view', 'cullstream view --data /media/results --page-port 8080'],
  },
  pause: {
    summary: 'stop the work of a run and free its memory',
    details: '`cullstream resume` continues it.',
    examples: ['cullstream pause'],
  },
  resume: {
    summary: 'continue a paused run',
    examples: ['cullstream resume'],
  },
  cancel: {
    summary: 'end a run',
    details: 'Results stay, and the next run uses them. Images that are waiting are not processed.',
    examples: ['cullstream cancel'],
  },
  prioritise: {
    summary: 'process some projects of a run before all others',
    details: 'Without a name the run goes back to its own order.',
    examples: ['cullstream prioritise "Winter Garden" aurora'],
  },
  export: {
    summary: 'write decisions and scores as CSV, JSON lines or Parquet',
    examples: [
      'cullstream export > decisions.csv',
      'cullstream export --format parquet --rows images --out images.parquet',
    ],
  },
  'export-vectors': {
    summary: 'write packed embeddings as .npy files for other tools',
    details:
      'Also writes their lines into ai_data/cache/processed_images.jsonl. The packed ones stay, and ' +
      'what is there is not written again. Later runs write .npy files as well, unless they are ' +
      'given --vectors packed.',
    examples: ['cullstream export-vectors', 'cullstream export-vectors --data /media/results'],
  },
  versions: {
    summary: 'list what different models decided',
    details: 'One version is current for each project.',
    examples: ['cullstream versions --project aurora'],
  },
  diff: {
    summary: 'compare the decisions of two versions',
    details: 'Also compares both with what you chose, if that is known (`cullstream truth`).',
    examples: [
      'cullstream diff 3f2a 9c41',
      'cullstream diff 3f2a 9c41 --html diff.html --originals /media/originals',
    ],
  },
  promote: {
    summary: 'make a version the current one',
    details: 'Changes only databases that cullstream created. --undo restores the version before.',
    examples: ['cullstream promote 9c41', 'cullstream promote --undo'],
  },
  replay: {
    summary: 'repeat stages from stored events with other models',
    details: 'Earlier results stay. Models that are not named are those of the earlier run.',
    examples: ['cullstream replay --ranker new-ranker.pt'],
  },
  truth: {
    summary: 'find what you chose and cropped, from the finished images',
    details:
      'Compares finished images with the originals, pixel by pixel, and stores what it finds. Also lists ' +
      'the rows of your databases that say something else. Changes no database of yours.',
    examples: [
      'cullstream truth --originals /media/originals --finals /media/finals',
      'cullstream truth --originals originals --finals finals --only aurora --json',
    ],
  },
  evaluate: {
    summary: 'measure how good every version is, compared with simple rules',
    details:
      'Compares picks and crops with what you chose (`cullstream truth`). Name the projects that the models ' +
      'were trained on (--trained-on): the verdict leaves them out.',
    examples: [
      'cullstream evaluate',
      'cullstream evaluate --trained-on aurora,"Winter Garden"',
      'cullstream evaluate --project aurora --json',
    ],
  },
  merge: {
    summary: 'copy staged decisions into databases of your own',
    details: 'Only shows what it would do. With --apply it makes a backup and then merges.',
    examples: ['cullstream merge', 'cullstream merge --apply', 'cullstream merge --undo'],
  },
  verify: {
    summary: 'prove that no image is missing anywhere',
    details:
      'Compares catalogue, streams, cache and databases. Ends with 0, or with 1 and a list of gaps.',
    examples: ['cullstream verify', 'cullstream verify --repair --originals /media/originals'],
  },
  validate: {
    summary: 'check databases',
    details: 'Ends with 0 if they are sound, 1 with warnings, 2 with errors.',
    examples: ['cullstream validate', 'cullstream validate my-project.db'],
  },
  dead: {
    summary: 'list, retry or accept what failed',
    details: 'Images, messages and projects that could not be processed.',
    examples: ['cullstream dead list', 'cullstream dead retry --originals /media/originals'],
  },
  'dead list': {
    summary: 'list failures with reason and times',
    examples: ['cullstream dead list', 'cullstream dead list --project aurora'],
  },
  'dead show': {
    summary: 'show all that is known about one failure',
    details: '`dead list` shows the ids.',
    examples: ['cullstream dead show 4be1'],
  },
  'dead retry': {
    summary: 'process failures again after the cause is fixed',
    details: 'Models that are not named are those of the run in which they failed.',
    examples: ['cullstream dead retry --originals /media/originals --project aurora'],
  },
  'dead accept': {
    summary: 'accept failures, so that runs no longer end with exit code 1',
    details: 'A failure counts again when it changes. --undo ends the acceptance.',
    examples: ['cullstream dead accept 4be1 --why "the camera lost this file"'],
  },
  'dead export': {
    summary: 'write failures as JSON lines',
    examples: ['cullstream dead export failures.jsonl'],
  },
  forget: {
    summary: 'stop expecting projects whose originals are gone',
    details: 'Their databases stay.',
    examples: ['cullstream forget "Winter Garden"'],
  },
  ...modelsHelp,
  embedder: {
    summary: 'help a run on another computer by embedding images',
    details: 'Ctrl-C leaves the run. Other embedders continue.',
    examples: ['cullstream embedder --nats nats://server:4222 --embedder ViT-B-32.pt'],
  },
  streams: {
    summary: 'show what the streams hold, by run and project',
    examples: ['cullstream streams', 'cullstream streams --prune --keep-runs 1'],
  },
  keys: {
    summary: 'make the keys with which the services of a deployment log in to its broker',
    examples: ['cullstream keys --out keys'],
  },
  provision: {
    summary: 'create the streams and consumers of a deployment',
    examples: [
      'cullstream provision --nats nats://nats:4222 --nats-seed-file admin.seed',
      'cullstream provision --nats nats://a,nats://b,nats://c --replicas 3',
    ],
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof commandHelp;

/** The commands in groups. The most used ones come first. */
export const commandGroups: Readonly<Record<string, readonly CommandName[]>> = {
  'Start here:': ['demo', 'doctor', 'plan', 'run', 'status'],
  'Control a run:': ['pause', 'resume', 'cancel', 'prioritise'],
  'Use the results:': [
    ...(['view', 'export', 'export-vectors', 'versions', 'diff', 'promote'] as const),
    ...(['replay', 'truth', 'evaluate', 'merge'] as const),
  ],
  'Check and repair:': ['verify', 'validate', 'dead', 'forget'],
  'Models:': ['models'],
  'Several computers:': ['embedder', 'streams', 'keys', 'provision'],
};

/**
 * The help texts of a command: its line in the list, its description and the text after the
 * options.
 */
export function toHelpTexts(
  name: CommandName,
): Readonly<Record<'summary' | 'description' | 'after', string>> {
  const { summary, details, examples }: CommandHelp = commandHelp[name];
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return {
    summary,
    description: details === undefined ? sentence : `${sentence} ${details}`,
    after: `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`,
  };
}
