/**
 * Headings of the options in `--help` with the settings below each, in the order in which they are
 * shown.
 */
const groups: Readonly<Record<string, readonly string[]>> = {
  'What to work on:': [
    'originals',
    'data',
    'only',
    'skip',
    'project',
    'inventory',
    'run',
    'from',
    'after',
    'before',
    'reason',
    'dir',
  ],
  // Settings that are in no group belong to one command only. They are shown here.
  'What to do:': [],
  'Models:': [
    'embedder',
    'ranker',
    'crop',
    'features',
    'precision',
    'preprocess',
    'activation',
    'device',
    'legacyCache',
    'vectors',
    'registry',
  ],
  'Groups:': ['minGroupSize', 'timeGapMinutes'],
  'Interrupting and continuing:': ['until', 'restart', 'keepRuns', 'readTimeout'],
  'Speed and memory:': [
    'embedders',
    'writers',
    'workers',
    'threads',
    'batch',
    'decodes',
    'memoryCap',
    'maxLoad',
  ],
  'Page and notifications:': ['page', 'pagePort', 'pageHost', 'notify', 'stallMinutes'],
  'Broker and services:': [
    'nats',
    'natsSeedFile',
    'natsCaFile',
    'natsUser',
    'natsPassword',
    'services',
    'detach',
    'bytes',
    'replicas',
    'healthPort',
  ],
  'General:': ['takeOver', 'json', 'logLevel', 'config', 'cache'],
};

/** Heading of the options that every command has, such as `--help`. */
export const generalOptions = 'General:';

/** The settings of a command by heading. Headings without settings are left out. */
export function groupSettings(settings: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const named = new Set(Object.values(groups).flat());
  const others = settings.filter((setting) => !named.has(setting));
  const entries = Object.entries(groups).map(([heading, members]) => {
    const found = members.filter((setting) => settings.includes(setting));
    return [heading, heading === 'What to do:' ? others : found] as const;
  });
  return new Map(entries.filter(([, found]) => found.length > 0));
}
