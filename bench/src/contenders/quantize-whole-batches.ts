import type { OnnxModel } from '@cullstream/inference';

/**
 * The same graph without its loops over images: the activations of a whole batch share a scale, as
 * in models that onnxruntime's dynamic quantisation makes. It is faster, but a vector depends on
 * the other images of its batch.
 */
export function quantizeWholeBatches(model: OnnxModel): OnnxModel {
  const producers = new Map(model.nodes.map((node) => [node.outputs[0] ?? '', node]));
  const consumers = new Map(model.nodes.map((node) => [node.inputs[0] ?? '', node]));
  const replaced = new Map<unknown, OnnxModel['nodes'][number] | undefined>();
  for (const loop of model.nodes) {
    const body = loop.attributes?.['body'];
    if (typeof body !== 'object' || !('body' in body)) continue;
    const before = producers.get(loop.inputs[0] ?? '');
    const behind = consumers.get(loop.outputs[0] ?? '');
    const [node] = body.body.nodes;
    if (node === undefined || before === undefined || behind === undefined) {
      throw new Error(`${loop.outputs.join()} is no loop over images`);
    }
    const [, ...constants] = node.inputs;
    const rows = before.inputs[0] ?? '';
    replaced.set(before, undefined);
    replaced.set(behind, undefined);
    replaced.set(loop, { ...node, inputs: [rows, ...constants], outputs: behind.outputs });
  }
  if (replaced.size === 0) throw new Error(`${model.name} has no loops over images`);
  const nodes = model.nodes.flatMap((node) => {
    const other = replaced.has(node) ? replaced.get(node) : node;
    return other === undefined ? [] : [other];
  });
  return { ...model, nodes };
}
