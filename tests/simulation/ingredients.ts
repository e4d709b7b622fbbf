import type { BytesMode } from '@cullstream/contracts';

/** What a run is made of, beside its seed. Each combination has its own meaning of a seed's faults. */
export interface Ingredients {
  /** 1, as a command has it, or 2 that share the projects. */
  readonly extractors: number;
  /** 1, as a command has it, or 2 that share the projects: all services are deployed ones then. */
  readonly writers: number;
  /** How embeddings are stored. */
  readonly vectors: 'files' | 'packed';
  /** Where embedders take images from: the folder, or a bucket of the broker into which extractors put them. */
  readonly bytes: BytesMode;
  /** Whether the run is paused, resumed and cancelled now and then. */
  readonly pauses: boolean;
  /** Whether databases lose with the power what was not synced. */
  readonly unsynced: boolean;
}

/** The options of the command that choose ingredients, as `parseArgs` takes them. */
export const ingredientOptions = {
  extractors: { type: 'string', default: '1' },
  writers: { type: 'string', default: '1' },
  vectors: { type: 'string', default: 'files' },
  bytes: { type: 'string', default: 'originals' },
  pauses: { type: 'boolean', default: false },
  unsynced: { type: 'boolean', default: false },
} as const;

interface Given {
  readonly extractors: string;
  readonly writers: string;
  readonly vectors: string;
  readonly bytes: string;
  readonly pauses: boolean;
  readonly unsynced: boolean;
}

/** @throws for what is no ingredient */
export function toIngredients(given: Given): Ingredients {
  const { extractors, writers, vectors, bytes, ...others } = given;
  return {
    extractors: Number(oneOf(['1', '2'], 'extractors', extractors)),
    writers: Number(oneOf(['1', '2'], 'writers', writers)),
    vectors: oneOf(['files', 'packed'], 'vectors', vectors),
    bytes: oneOf(['originals', 'object-store'], 'bytes', bytes),
    ...others,
  };
}

function oneOf<T extends string>(known: readonly T[], name: string, given: string): T {
  const found = known.find((each) => each === given);
  if (found === undefined) throw new Error(`--${name}: ${given} is neither ${known.join(' nor ')}`);
  return found;
}

/** As they are given to the command. */
export function toArguments(ingredients: Ingredients): string[] {
  const { extractors, writers, vectors, bytes, pauses, unsynced } = ingredients;
  return [
    ...(extractors === 1 ? [] : ['--extractors', String(extractors)]),
    ...(writers === 1 ? [] : ['--writers', String(writers)]),
    ...(vectors === 'files' ? [] : ['--vectors', vectors]),
    ...(bytes === 'originals' ? [] : ['--bytes', bytes]),
    ...(pauses ? ['--pauses'] : []),
    ...(unsynced ? ['--unsynced'] : []),
  ];
}

/** Whether the services serve every run, as those of a deployment do, and outlive the command. */
export function isDeployed({ writers }: Ingredients): boolean {
  return writers > 1;
}
