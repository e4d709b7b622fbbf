import onnxProto from 'onnx-proto';
import {
  initializerBytes,
  MICROSOFT_DOMAIN,
  type Attribute,
  type ElementType,
  type GraphBody,
  type GraphNode,
  type Initializer,
  type OnnxModel,
  type TensorData,
  type ValueInfo,
} from './onnx-model.js';

const { onnx } = onnxProto;
type TensorProto = onnxProto.onnx.ITensorProto;

/** Versions of ONNX's own operators and onnxruntime's. Every onnxruntime since 1.17 has both. */
const OPSET_VERSION = 17;
const MICROSOFT_OPSET_VERSION = 1;
const IR_VERSION = 8;

const elementTypes: Readonly<Record<ElementType, number>> = {
  float32: onnx.TensorProto.DataType.FLOAT,
  float16: onnx.TensorProto.DataType.FLOAT16,
  int64: onnx.TensorProto.DataType.INT64,
  uint8: onnx.TensorProto.DataType.UINT8,
  int8: onnx.TensorProto.DataType.INT8,
};

/** Where an initializer's bytes are: inside the model, or in a file beside it. */
export type TensorPlace =
  | { readonly kind: 'inline'; readonly data: TensorData }
  | { readonly kind: 'external'; readonly location: string; readonly offset: number };

/** The bytes of an ONNX file with the given tensors, which must be the model's initializers in order. */
export function encodeOnnx(model: OnnxModel, places: readonly TensorPlace[]): Uint8Array {
  const initializer = model.initializers.map((tensor, index) => {
    const place = places[index];
    if (place === undefined) throw new RangeError(`no place for initializer ${tensor.name}`);
    return toTensorProto(tensor, place);
  });
  const graph = { ...toGraphProto(model), initializer };
  const opsetImport = [
    { domain: '', version: OPSET_VERSION },
    { domain: MICROSOFT_DOMAIN, version: MICROSOFT_OPSET_VERSION },
  ];
  const metadataProps = Object.entries(model.metadata ?? {}).map(([key, value]) => ({
    key,
    value,
  }));
  const proto = {
    irVersion: IR_VERSION,
    producerName: 'cullstream',
    opsetImport,
    graph,
    metadataProps,
  };
  return onnx.ModelProto.encode(proto).finish();
}

/** The bytes of a small ONNX file that holds its constants itself. */
export async function encodeOnnxInline(model: OnnxModel): Promise<Uint8Array> {
  const places: TensorPlace[] = [];
  for (const tensor of model.initializers) {
    places.push({ kind: 'inline', data: await tensor.load() });
  }
  return encodeOnnx(model, places);
}

/** Raw little-endian bytes of a tensor, sharing its memory. */
export function tensorBytes(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function toGraphProto({ name, inputs, outputs, nodes }: GraphBody): onnxProto.onnx.IGraphProto {
  return {
    name,
    input: inputs.map(toValueInfoProto),
    output: outputs.map(toValueInfoProto),
    node: nodes.map(toNodeProto),
  };
}

function toTensorProto(tensor: Initializer, place: TensorPlace): TensorProto {
  const proto = {
    name: tensor.name,
    dataType: elementTypes[tensor.type],
    dims: [...tensor.shape],
  };
  if (place.kind === 'inline') return { ...proto, rawData: tensorBytes(place.data) };
  return {
    ...proto,
    dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: place.location },
      { key: 'offset', value: String(place.offset) },
      { key: 'length', value: String(initializerBytes(tensor)) },
    ],
  };
}

function toValueInfoProto({ name, type, shape }: ValueInfo): onnxProto.onnx.IValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}

function toNodeProto(node: GraphNode): onnxProto.onnx.INodeProto {
  return {
    name: node.outputs[0] ?? node.op,
    opType: node.op,
    domain: node.domain ?? '',
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) =>
      toAttributeProto(name, value),
    ),
  };
}

function toAttributeProto(name: string, value: Attribute): onnxProto.onnx.IAttributeProto {
  const types = onnx.AttributeProto.AttributeType;
  if (typeof value === 'number') return { name, type: types.INT, i: value };
  if (typeof value === 'string') return { name, type: types.STRING, s: Buffer.from(value, 'utf8') };
  if ('body' in value) return { name, type: types.GRAPH, g: toGraphProto(value.body) };
  if ('float' in value) return { name, type: types.FLOAT, f: value.float };
  return { name, type: types.INTS, ints: [...value] };
}
