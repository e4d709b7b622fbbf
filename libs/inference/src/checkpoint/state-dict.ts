import { PickledObject } from '../pickle/pickle-values.js';
import { MalformedCheckpoint } from './checkpoint-error.js';
import { TorchTensor } from './torch-pickle.js';

/** Keys under which trainers put the state dict, in the order in which they are tried. */
const WRAPPERS = [
  'model_state_dict',
  'state_dict',
  'model_state',
  'model',
  'net',
  'network',
  'module',
  'weights',
  'params',
];
/** Prefixes that DataParallel, Lightning and torch.compile add to every name. */
const PREFIXES = ['module.', 'model.', '_orig_mod.'];
const MAX_DEPTH = 64;
const MAX_VISITS = 200_000;
const MAX_NAME_LENGTH = 1_000;

/**
 * The parameters in an unpickled checkpoint, by name. The checkpoint is a state dict, a dict that
 * holds one under a usual key, or a TorchScript module. Prefixes that all names share are dropped.
 * @throws {MalformedCheckpoint} when there are no tensors, or the nesting is endless.
 */
export function namedTensors(root: unknown): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  collect(unwrap(root), '', tensors, { depth: 0, visits: { left: MAX_VISITS } });
  if (tensors.size === 0) {
    throw new MalformedCheckpoint(
      `no parameters found: expected a state dict, plain or under ${WRAPPERS.join(', ')}`,
    );
  }
  return withoutPrefixes(tensors);
}

function unwrap(root: unknown): unknown {
  let value = root;
  for (let level = 0; level < 4; level++) {
    if (
      !(value instanceof Map) ||
      [...value.values()].some((item) => item instanceof TorchTensor)
    ) {
      return value;
    }
    const dict: ReadonlyMap<unknown, unknown> = value;
    const wrapper = WRAPPERS.find((key) => toChildren(dict.get(key)) !== undefined);
    if (wrapper === undefined) return value;
    value = dict.get(wrapper);
  }
  return value;
}

interface Walk {
  readonly depth: number;
  readonly visits: { left: number };
}

function collect(value: unknown, name: string, into: Map<string, TorchTensor>, walk: Walk): void {
  if (value instanceof TorchTensor) {
    into.set(name, value);
    return;
  }
  const children = toChildren(value);
  if (children === undefined) return;
  if (walk.depth >= MAX_DEPTH || walk.visits.left <= 0) {
    throw new MalformedCheckpoint('parameters are nested without end');
  }
  for (const [key, child] of children) {
    walk.visits.left--;
    if (typeof key !== 'string' && typeof key !== 'number') continue;
    const childName = name === '' ? String(key) : `${name}.${key}`;
    if (childName.length > MAX_NAME_LENGTH) {
      throw new MalformedCheckpoint('a parameter has an absurdly long name');
    }
    collect(child, childName, into, { depth: walk.depth + 1, visits: walk.visits });
  }
}

function toChildren(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (value instanceof Map) return value;
  return value instanceof PickledObject && value.state instanceof Map ? value.state : undefined;
}

/** Names without the prefixes that all of them share. */
export function withoutPrefixes<T>(tensors: Map<string, T>): Map<string, T> {
  let result = tensors;
  for (let round = 0; round < 4; round++) {
    const names = [...result.keys()];
    const shared = PREFIXES.find((prefix) => names.every((name) => name.startsWith(prefix)));
    if (shared === undefined) return result;
    result = new Map([...result].map(([name, tensor]) => [name.slice(shared.length), tensor]));
  }
  return result;
}
