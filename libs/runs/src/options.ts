import type {
  Activation,
  bytesModes,
  DeviceChoice,
  featureRecipes,
  LegacyCacheMode,
  Precision,
  PrecisionChoice,
  Preprocessing,
  replayStages,
} from '@cullstream/contracts';

/** Where work is done. */
export interface FolderOptions {
  /** Folder of databases, cache, models and logs. */
  readonly data: string;
  /** Folder of nats-server and converted models, all replaceable. */
  readonly cache: string;
  /** How new embeddings are stored, or the address of the bucket they are in; `auto` where nothing is said. */
  readonly vectors?: string | undefined;
  /** Takes the data folder from a cullstream of another computer that has ended. */
  readonly takeOver?: boolean;
}

/** Files of weights; those under their usual names in the data folder where none is named. */
export interface WeightOptions {
  readonly embedder?: string | undefined;
  readonly ranker?: string | undefined;
  readonly crop?: string | undefined;
}

/** How models are used. */
export interface UseOptions {
  readonly features: (typeof featureRecipes)[number];
  readonly preprocess: Preprocessing;
  readonly precision: Precision;
}

/** Options as they are given: the precision may be left to what was approved. */
export type Given<S extends { readonly precision?: unknown }> = Omit<S, 'precision'> & {
  readonly precision: PrecisionChoice;
};

export interface ModelOptions extends WeightOptions, UseOptions {
  readonly activation?: Activation | undefined;
  readonly device: DeviceChoice;
}

/** What is planned. */
export interface PlanOptions extends FolderOptions, ModelOptions {
  /** Folder of the originals, or their address in a bucket; never written. */
  readonly originals: string;
  /** File that lists projects. */
  readonly inventory?: string | undefined;
  /** Names of projects. */
  readonly only?: string[] | undefined;
  readonly skip?: string[] | undefined;
  /** Smaller groups stay ungrouped. */
  readonly minGroupSize: number;
  readonly timeGapMinutes?: number | undefined;
  readonly legacyCache: LegacyCacheMode;
  /** Seconds in which the drive of the originals has to answer. */
  readonly readTimeout: number;
}

/** How embedders use a machine; as it was measured, or by default, where nothing is said. */
export interface EngineOptions {
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly batch?: number | undefined;
  readonly decodes?: number | undefined;
  /** MB that one embedder may take. */
  readonly memoryCap?: number | undefined;
}

/** What service processes are told, whoever starts them. */
export interface ServiceOptions extends FolderOptions, EngineOptions, Omit<UseOptions, 'features'> {
  readonly features?: UseOptions['features'] | undefined;
  /** Embedder processes. */
  readonly embedders: number;
  readonly activation?: Activation | undefined;
  readonly device?: DeviceChoice | undefined;
  readonly originals?: string | undefined;
  readonly readTimeout?: number | undefined;
  readonly bytes?: (typeof bytesModes)[number] | undefined;
  /** First port of the services' health; 0 for any. */
  readonly healthPort?: number | undefined;
  /** Address that is told when the run ends, pauses by itself or stalls. */
  readonly notify?: string | undefined;
  readonly stallMinutes?: number | undefined;
}

/** Who works: services of this process's own, or those of a deployment, which serve every run. */
export type ServiceMode = 'own' | 'deployed';

/** Where the page of a run is served. */
export interface PagePlace {
  readonly page: 'on' | 'off';
  /** The next free one is taken where another program has it. */
  readonly pagePort: number;
  readonly pageHost: string;
}

/** What executing a run or replay takes. */
export interface ExecutionOptions extends ServiceOptions, Partial<PagePlace> {
  readonly services: ServiceMode;
  /** Begins, and leaves it to deployed services. */
  readonly detach?: boolean;
  /** `HH:MM`, at which it is paused. */
  readonly until?: string | undefined;
  /** Load average above which embedders wait. */
  readonly maxLoad?: number | undefined;
}

/** A whole run. */
export interface BatchOptions extends PlanOptions, Omit<ExecutionOptions, keyof PlanOptions> {
  readonly bytes: (typeof bytesModes)[number];
  /** Servers of a cluster that keep each stream: 1 to 5. Without it, as many as before. */
  readonly replicas?: number | undefined;
  /** Forgets the unfinished run. */
  readonly restart: boolean;
  /** Finished runs whose events are kept. */
  readonly keepRuns: number;
}

/** How models are used, where that may be left to an earlier run. */
export interface RecalledUseOptions {
  readonly features?: UseOptions['features'] | undefined;
  readonly preprocess?: UseOptions['preprocess'] | undefined;
  readonly precision?: PrecisionChoice | undefined;
}

/** Which stored events are replayed, and with what. */
export interface ReplayOptions
  extends WeightOptions, RecalledUseOptions, Omit<ExecutionOptions, keyof UseOptions> {
  readonly from: (typeof replayStages)[number];
  /** Names of projects. */
  readonly project?: string[] | undefined;
  /** Whose events. */
  readonly run?: string | undefined;
  /** ISO 8601: only runs completed after, or before, it. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly restart: boolean;
  readonly keepRuns: number;
}

/** What is tried again of what was given up, and with what. */
export interface RetryOptions
  extends
    WeightOptions,
    RecalledUseOptions,
    Omit<PlanOptions, keyof UseOptions | 'only' | 'skip'>,
    Omit<ExecutionOptions, keyof PlanOptions | 'detach' | 'until' | 'maxLoad' | 'bytes'> {
  readonly keepRuns: number;
  /** Only these reasons. */
  readonly reason?: string[] | undefined;
  /** Only these projects. */
  readonly project?: string[] | undefined;
}

/** How a host takes part in a run of another. */
export interface JoinOptions
  extends FolderOptions, EngineOptions, Omit<ModelOptions, 'ranker' | 'crop' | 'features'> {
  readonly originals?: string | undefined;
  readonly bytes: (typeof bytesModes)[number];
  readonly readTimeout: number;
  readonly healthPort?: number | undefined;
  readonly maxLoad?: number | undefined;
  /** The run to join: the newest at work where none is named. */
  readonly run?: string | undefined;
  /** Embedders at work on this host, among which cores are shared. */
  readonly embedders: number;
}

/** What is proved to be complete. */
export interface VerifyOptions extends FolderOptions, ModelOptions {
  readonly originals?: string | undefined;
  readonly inventory?: string | undefined;
  readonly only?: string[] | undefined;
  readonly minGroupSize: number;
  readonly timeGapMinutes?: number | undefined;
  /** Cached vectors that are checked of a project; all where nothing is said. */
  readonly sample?: number | undefined;
  /** Images of a project that are embedded anew and compared. */
  readonly full?: number | undefined;
  /** Sends what is missing through the stages again first. */
  readonly repair: boolean;
  readonly embedders: number;
  readonly services: ServiceMode;
  readonly healthPort?: number | undefined;
}

/** What is checked or measured of a machine. */
export interface DoctorOptions
  extends FolderOptions, Pick<EngineOptions, 'memoryCap'>, Omit<ModelOptions, 'features'> {
  /** Folder of the originals, whose pictures are measured with. Without it pictures are drawn. */
  readonly originals?: string | undefined;
}

/** What the doctor checks. */
export interface DiagnosisOptions extends FolderOptions, ModelOptions {
  readonly originals?: string | undefined;
}
