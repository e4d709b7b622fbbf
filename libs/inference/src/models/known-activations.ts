import { access } from 'node:fs/promises';
import type { Activation } from '../onnx/clip-activation.js';
import { loadModelRegistry, registryFolder } from './model-registry.js';

/**
 * The activation of known image encoders by the SHA-256 of their files. Where the project's own
 * folder of descriptors is not installed, no model is known: a sidecar says what must be said.
 * @throws {ConfigurationError} when a descriptor is wrong
 */
export async function loadKnownActivations(
  folder?: string,
): Promise<(sha256: string) => Activation | undefined> {
  if (folder === undefined && !(await isThere(registryFolder))) return () => undefined;
  const registry = await loadModelRegistry(folder);
  return (sha256) => registry.findByDigest(sha256)?.activation ?? undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
