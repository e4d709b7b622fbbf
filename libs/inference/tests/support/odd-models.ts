import { writeFile } from 'node:fs/promises';
import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;
const { FLOAT, INT64, BOOL } = onnx.TensorProto.DataType;

type Dimension = number | string;

const value = (name: string, elemType: number, dims: readonly Dimension[]) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: {
        dim: dims.map((dim) => (typeof dim === 'string' ? { dimParam: dim } : { dimValue: dim })),
      },
    },
  },
});

/** Weights [512, 1] of `fill`, and as many rounds of a loop as an int64 can count. */
const initializer = (fill: number) => [
  {
    name: 'weights',
    dataType: FLOAT,
    dims: [512, 1],
    rawData: Buffer.from(new Float32Array(512).fill(fill).buffer),
  },
  {
    name: 'rounds',
    dataType: INT64,
    dims: [],
    rawData: Buffer.from(new BigInt64Array([2n ** 62n]).buffer),
  },
];

const loop = {
  opType: 'Loop',
  input: ['rounds', '', 'score'],
  output: ['outputs'],
  attribute: [
    {
      name: 'body',
      type: onnx.AttributeProto.AttributeType.GRAPH,
      g: {
        name: 'body',
        input: [value('round', INT64, []), value('go', BOOL, []), value('x', FLOAT, ['n', 1])],
        output: [value('goOn', BOOL, []), value('same', FLOAT, ['n', 1])],
        node: [
          { opType: 'Identity', input: ['go'], output: ['goOn'] },
          { opType: 'Identity', input: ['x'], output: ['same'] },
        ],
      },
    },
  ],
};

/** A ranker of the right shape that gives NaN, or that never ends. */
export async function writeOddRanker(path: string, oddity: 'nan' | 'endless'): Promise<string> {
  const isNan = oddity === 'nan';
  const product = {
    opType: 'MatMul',
    input: ['features', 'weights'],
    output: [isNan ? 'outputs' : 'score'],
  };
  const proto = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'ranker',
      input: [value('features', FLOAT, ['n', 512])],
      output: [value('outputs', FLOAT, ['n', 1])],
      initializer: initializer(isNan ? NaN : 0.01),
      node: isNan ? [product] : [product, loop],
    },
  });
  await writeFile(path, onnx.ModelProto.encode(proto).finish());
  return path;
}
