import type { InferenceSession } from 'onnxruntime-node';

/** Inputs and outputs of a model for an error message: `input x float32 [N,512]; output y float32 [N,1]`. */
export function describeSession(session: InferenceSession): string {
  const describe = (value: InferenceSession.ValueMetadata): string =>
    value.isTensor
      ? `${value.name} ${value.type} [${value.shape.join()}]`
      : `${value.name} (no tensor)`;
  const inputs = session.inputMetadata.map(describe).join(', ');
  const outputs = session.outputMetadata.map(describe).join(', ');
  return `inputs ${inputs}; outputs ${outputs}`;
}
