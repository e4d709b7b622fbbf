import { Option, type Command, type OptionValues } from '@commander-js/extra-typings';
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

/** The options that choose them. What a seed means depends on them. */
export function addIngredients<Args extends unknown[], Others extends OptionValues>(
  command: Command<Args, Others>,
) {
  return command
    .optionsGroup(
      'Ingredients, which may be combined. With others, a seed stands for other faults:',
    )
    .addOption(
      new Option('--extractors <number>', '2: two that share the projects, as in a deployment')
        .choices(['1', '2'] as const)
        .default('1' as const),
    )
    .addOption(
      new Option(
        '--writers <number>',
        '2: two that share the projects; all services are deployed ones then, which outlive the command',
      )
        .choices(['1', '2'] as const)
        .default('1' as const),
    )
    .addOption(
      new Option('--vectors <form>', 'packed: embeddings are stored many in a file')
        .choices(['files', 'packed'] as const)
        .default('files' as const),
    )
    .addOption(
      new Option(
        '--bytes <place>',
        'object-store: embedders take images through a bucket of the broker',
      )
        .choices(['originals', 'object-store'] as const)
        .default('originals' as const),
    )
    .option('--pauses', 'the run is paused, resumed and cancelled now and then')
    .option(
      '--unsynced',
      'databases lose with the power what was not synced; the power also fails amid calls on files',
    );
}

interface Given extends Pick<Ingredients, 'vectors' | 'bytes'> {
  readonly extractors: '1' | '2';
  readonly writers: '1' | '2';
  readonly pauses?: true | undefined;
  readonly unsynced?: true | undefined;
}

export function toIngredients(given: Given): Ingredients {
  return {
    extractors: Number(given.extractors),
    writers: Number(given.writers),
    vectors: given.vectors,
    bytes: given.bytes,
    pauses: given.pauses === true,
    unsynced: given.unsynced === true,
  };
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
