/** What `--help` says of a command. */
export interface CommandHelp {
  /** The line in the list of commands. */
  readonly summary: string;
  /** What else a person needs to know before using it, in sentences. */
  readonly details?: string;
  readonly examples: readonly string[];
}

/** Help of the commands about models. */
export const modelsHelp = {
  models: {
    summary: 'list, import, download and check weights',
    examples: ['cullstream models list', 'cullstream models pull clip-vit-b-32'],
  },
  'models list': {
    summary: 'list known models and those in the data folder',
    examples: ['cullstream models list'],
  },
  'models import': {
    summary: 'copy weights into the data folder after checking them',
    examples: ['cullstream models import ranker.pt'],
  },
  'models pull': {
    summary: 'download a known model, check its digest and import it',
    examples: ['cullstream models pull clip-vit-b-32'],
  },
  'models check': {
    summary: 'load every model and run it once',
    details: 'With --agreement it measures how int8 and fast pixels change your results.',
    examples: [
      'cullstream models check',
      'cullstream models check --agreement --originals /media/originals',
    ],
  },
  'models approve': {
    summary: 'approve a precision that agrees with fp32 on your images',
    details:
      'Measures how many picks stay the same and how far crops move, on a sample of your images. Where that ' +
      'is enough, --precision auto takes it, until a model, cullstream or onnxruntime changes.',
    examples: [
      'cullstream models approve --precision int8 --originals /media/originals',
      'cullstream models approve --precision int8 --min-same-picks 0.99 \\\n      --originals /media/originals',
      'cullstream models approve --precision int8 --revoke',
    ],
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;
