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
  {
    name: 'many',
    dataType: INT64,
    dims: [1],
    rawData: Buffer.from(new BigInt64Array([2n ** 30n]).buffer),
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

/** Adds the sum of ones that take 4 GB. */
const huge = [
  { opType: 'ConstantOfShape', input: ['many'], output: ['zeros'] },
  { opType: 'ReduceSum', input: ['zeros'], output: ['sum'], attribute: [keepNoDimensions()] },
  { opType: 'Add', input: ['score', 'sum'], output: ['outputs'] },
];

function keepNoDimensions() {
  return { name: 'keepdims', type: onnx.AttributeProto.AttributeType.INT, i: 0 };
}

/** A ranker of the right shape that gives NaN or infinity, never ends, or takes 4 GB. */
export async function writeOddRanker(
  path: string,
  oddity: 'nan' | 'infinity' | 'endless' | 'huge',
): Promise<string> {
  const isNoNumber = oddity === 'nan' || oddity === 'infinity';
  const product = {
    opType: 'MatMul',
    input: ['features', 'weights'],
    output: [isNoNumber ? 'outputs' : 'score'],
  };
  const more = { nan: [], infinity: [], endless: [loop], huge }[oddity];
  const proto = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'ranker',
      input: [value('features', FLOAT, ['n', 512])],
      output: [value('outputs', FLOAT, ['n', 1])],
      initializer: initializer({ nan: NaN, infinity: 3e38, endless: 0.01, huge: 0.01 }[oddity]),
      node: [product, ...more],
    },
  });
  await writeFile(path, onnx.ModelProto.encode(proto).finish());
  return path;
}
