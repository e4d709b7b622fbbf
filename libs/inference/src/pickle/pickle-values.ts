/** A name of the pickle that the host allowed, with what REDUCE or NEWOBJ on it gives. */
export interface AllowedGlobal {
  readonly kind: 'global';
  readonly name: string;
  /** The inert value that stands for calling it. */
  readonly call?: (args: readonly unknown[]) => unknown;
  /** NEWOBJ makes an inert {@link PickledObject}. */
  readonly instantiable?: boolean;
  /** The value of the name itself, for instance a dtype. */
  readonly value?: unknown;
}

/** An instance of a pickled class: its name and state, no behaviour. */
export class PickledObject {
  readonly className: string;
  state: unknown = null;
  constructor(className: string) {
    this.className = className;
  }
}

/** What a pickle may refer to: everything else is refused. */
export interface PickleHost {
  /** The allowed global, or undefined if the pickle must be refused. */
  readonly findGlobal: (module: string, name: string) => AllowedGlobal | undefined;
  readonly loadPersistent: (id: unknown) => unknown;
}

export function isAllowedGlobal(value: unknown): value is AllowedGlobal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
}
