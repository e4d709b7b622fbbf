/** What a run is made of, beside its seed. Each combination has its own meaning of a seed's faults. */
export interface Ingredients {
  /** 1, as a command has it, or 2 that share the projects. */
  readonly extractors: number;
  /** 1, as a command has it, or 2 that share the projects: all services are deployed ones then. */
  readonly writers: number;
  /** How embeddings are stored. */
  readonly vectors: 'files' | 'packed';
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
  pauses: { type: 'boolean', default: false },
  unsynced: { type: 'boolean', default: false },
} as const;

interface Given {
  readonly extractors: string;
  readonly writers: string;
  readonly vectors: string;
  readonly pauses: boolean;
  readonly unsynced: boolean;
}

/** @throws for what is no ingredient */
export function toIngredients({ extractors, writers, vectors, ...others }: Given): Ingredients {
  for (const [name, count] of Object.entries({ extractors, writers })) {
    if (count !== '1' && count !== '2') throw new Error(`--${name}: ${count} is neither 1 nor 2`);
  }
  if (vectors !== 'files' && vectors !== 'packed') {
    throw new Error(`--vectors: ${vectors} is neither files nor packed`);
  }
  return { extractors: Number(extractors), writers: Number(writers), vectors, ...others };
}

/** As they are given to the command. */
export function toArguments(ingredients: Ingredients): string[] {
  const { extractors, writers, vectors, pauses, unsynced } = ingredients;
  return [
    ...(extractors === 1 ? [] : ['--extractors', String(extractors)]),
    ...(writers === 1 ? [] : ['--writers', String(writers)]),
    ...(vectors === 'files' ? [] : ['--vectors', vectors]),
    ...(pauses ? ['--pauses'] : []),
    ...(unsynced ? ['--unsynced'] : []),
  ];
}

/** Whether the services serve every run, as those of a deployment do, and outlive the command. */
export function isDeployed({ writers }: Ingredients): boolean {
  return writers > 1;
}
