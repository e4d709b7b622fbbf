/** The texts of a command in `--help`. */
export interface CommandHelp {
  /** The line in the list of commands. */
  readonly summary: string;
  /** Further sentences that the user needs to know. */
  readonly details?: string;
  readonly examples: readonly string[];
}

/** Help texts of the model commands. */
export const modelsHelp = {
  models: {
    summary: 'list, import, download and check models',
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
    details:
      'Ends with 0, with 1 if a model cannot be used, or with 2 if a run would not start. With --agreement it ' +
      'measures how int8, fp16 and fast pixels change your results.',
    examples: [
      'cullstream models check',
      'cullstream models check --agreement --originals /media/originals',
    ],
  },
  'models approve': {
    summary: 'approve a precision that agrees with fp32 on your images',
    details:
      'Measures on a sample of your images how many picks stay the same and how much crops overlap. If both ' +
      'reach the thresholds, --precision auto uses the precision, until a model, cullstream or onnxruntime ' +
      'changes.',
    examples: [
      'cullstream models approve --precision int8 --originals /media/originals',
      'cullstream models approve --precision int8 --min-same-picks 0.99 \\\n      --originals /media/originals',
      'cullstream models approve --precision int8 --revoke',
    ],
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;
