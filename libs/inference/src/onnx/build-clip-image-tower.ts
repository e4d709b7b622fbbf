import { EMBEDDING_LENGTH } from '@cullstream/contracts';
import type { TensorInfo } from '../checkpoint/tensor.js';
import type { InputKind } from '../session/image-input.js';
import { IMAGE_SIDE_PX } from '../session/normalize-pixels.js';
import { readClipParameters, type ClipParameters } from './clip-parameters.js';
import { GraphBuilder } from './graph-builder.js';
import { ModelShapeError } from './mlp-layers.js';
import type { OnnxModel, ValueInfo } from './onnx-model.js';
import { loadPixelWeights, loadPositions } from './patch-weights.js';

/** Quick: x · sigmoid(1.702 x), in OpenAI's weights and OpenCLIP's of the same name; else the exact GELU. */
export const activations = ['quick-gelu', 'gelu'] as const;
export type Activation = (typeof activations)[number];

export interface ClipTowerOptions {
  readonly activation: Activation;
  readonly input?: InputKind;
  attention?: 'mha' | 'attention' | 'plain';
  norm?: 'skip' | 'plain';
  gelu?: 'op' | 'plain';
  linear?: 'gemm' | 'matmul';
  clsLast?: boolean;
}

const EPSILON = { float: 1e-5 } as const;

export function buildClipImageTower(tensors: ReadonlyMap<string, TensorInfo>, options: ClipTowerOptions): OnnxModel {
  const parameters = readClipParameters(tensors);
  const { width, layers, heads, patchPx: P, gridSide: g, mlpWidth, outputWidth } = parameters.architecture;
  if (P * g !== IMAGE_SIDE_PX || outputWidth !== EMBEDDING_LENGTH) throw new ModelShapeError(`takes ${P * g}px gives ${outputWidth}`);
  const { input = 'uint8-nhwc', activation, attention = 'mha', norm = 'skip', gelu = 'op', linear = 'gemm', clsLast = true } = options;
  const b = new GraphBuilder();
  const { get } = parameters;
  const S = g * g + 1;
  const inputInfo: ValueInfo = input === 'uint8-nhwc'
    ? { name: 'pixels', type: 'uint8', shape: ['batch', IMAGE_SIDE_PX, IMAGE_SIDE_PX, 3] }
    : { name: 'pixels', type: 'float32', shape: ['batch', 3, IMAGE_SIDE_PX, IMAGE_SIDE_PX] };

  const vec = (name: string) => b.weights(name, get(name).shape, () => get(name).read());
  const mat = (name: string) => b.weights(name, get(name).shape, () => get(name).read());
  const transposed = (name: string, load: () => Promise<Float32Array>, rows: number, cols: number) =>
    b.weights(name, [cols, rows], async () => {
      const w = await load();
      const r = new Float32Array(w.length);
      for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) r[j * rows + i] = w[i * cols + j]!;
      return r;
    });
  const dense = (name: string, x: string, wname: string, bname: string, slice?: [number, number]) => {
    const [rows, cols] = get(wname).shape as [number, number];
    const [from, to] = slice ?? [0, rows];
    const loadW = async () => (await get(wname).read()).slice(from * cols, to * cols);
    const bias = b.weights(`${name}.b`, [to - from], async () => (await get(bname).read()).slice(from, to));
    if (linear === 'gemm') {
      const w = b.weights(`${name}.w`, [to - from, cols], loadW);
      return b.add('Gemm', name, [x, w, bias], { transB: 1 });
    }
    const w = transposed(`${name}.w`, loadW, to - from, cols);
    return b.add('Add', name, [b.add('MatMul', `${name}.mm`, [x, w]), bias]);
  };
  const ln = (name: string, x: string, p: string) => b.add('LayerNormalization', name, [x, vec(`${p}.weight`), vec(`${p}.bias`)], { axis: -1, epsilon: EPSILON });
  // returns [normed, sum]
  const addLn = (name: string, x: string, skip: string, p: string): [string, string] => {
    if (norm === 'skip') {
      b.addFused('SkipLayerNormalization', [name, '', '', `${name}.sum`], [x, skip, vec(`${p}.weight`), vec(`${p}.bias`)], { epsilon: EPSILON });
      return [name, `${name}.sum`];
    }
    const sum = b.add('Add', `${name}.sum`, [x, skip]);
    return [ln(name, sum, p), sum];
  };
  const act = (name: string, x: string) => {
    if (activation === 'gelu') { b.addFused('Gelu', [name], [x]); return name; }
    if (gelu === 'op') { b.addFused('QuickGelu', [name], [x], { alpha: { float: 1.702 } }); return name; }
    const k = b.initializers.some((i) => i.name === 'k1702') ? 'k1702' : b.scalar('k1702', 1.702);
    return b.add('Mul', name, [x, b.add('Sigmoid', `${name}.s`, [b.add('Mul', `${name}.m`, [x, k])])]);
  };

  let patches: string;
  if (input === 'uint8-nhwc') {
    const r = b.reshape('r6', 'pixels', -1, g, P, g, P, 3);
    const t = b.add('Transpose', 't6', [r], { perm: [0, 1, 3, 2, 4, 5] });
    const r2 = b.reshape('r2', t, -1, P * P * 3);
    const f = b.add('Cast', 'pf', [r2], { to: 1 });
    const w = b.weights('patch.w', [width, P * P * 3], () => loadPixelWeights(parameters));
    patches = b.add('Gemm', 'patches', [f, w], { transB: 1 });
  } else {
    const c = b.add('Conv', 'conv', ['pixels', mat('conv1.weight')], { kernel_shape: [P, P], strides: [P, P] });
    const r = b.reshape('cr', c, 0, width, g * g);
    patches = b.add('Transpose', 'patches', [r], { perm: [0, 2, 1] });
  }
  const p3 = b.reshape('p3', patches, -1, g * g, width);
  const padded = b.add('Pad', 'padded', [p3, b.ints(0, 1, 0, 0, 0, 0)]);
  const pos = b.weights('pos', [S, width], () => loadPositions(parameters, input === 'uint8-nhwc' ? 'raw' : 'normalised'));
  const tokens = b.add('Add', 'tokens', [padded, pos]);
  let x3 = ln('ln_pre', tokens, 'ln_pre');
  let x = b.reshape('x0', x3, -1, width);
  let y = ln('b0.ln1', x, 'transformer.resblocks.0.ln_1');
  for (let i = 0; i < layers; i++) {
    const block = `transformer.resblocks.${i}`;
    const n = `b${i}`;
    const last = i === layers - 1 && clsLast;
    const W = `${block}.attn.in_proj_weight`;
    const B = `${block}.attn.in_proj_bias`;
    let a: string;
    if (last) {
      const y3 = b.reshape(`${n}.y3`, y, -1, S, width);
      const ycls = b.add('Gather', `${n}.ycls`, [y3, (b.initializers.push({ name: 'zero', type: 'int64', shape: [], load: () => BigInt64Array.of(0n) }), 'zero')], { axis: 1 });
      const x33 = b.reshape(`${n}.x3`, x, -1, S, width);
      x = b.add('Gather', `${n}.xcls`, [x33, 'zero'], { axis: 1 });
      const q = b.reshape(`${n}.q3`, dense(`${n}.q`, ycls, W, B, [0, width]), -1, 1, width);
      const k = b.reshape(`${n}.k3`, dense(`${n}.k`, y, W, B, [width, 2 * width]), -1, S, width);
      const v = b.reshape(`${n}.v3`, dense(`${n}.v`, y, W, B, [2 * width, 3 * width]), -1, S, width);
      b.addFused('MultiHeadAttention', [`${n}.a`], [q, k, v], { num_heads: heads });
      a = `${n}.a`;
    } else if (attention === 'mha') {
      const q = b.reshape(`${n}.q3`, dense(`${n}.q`, y, W, B, [0, width]), -1, S, width);
      const k = b.reshape(`${n}.k3`, dense(`${n}.k`, y, W, B, [width, 2 * width]), -1, S, width);
      const v = b.reshape(`${n}.v3`, dense(`${n}.v`, y, W, B, [2 * width, 3 * width]), -1, S, width);
      b.addFused('MultiHeadAttention', [`${n}.a`], [q, k, v], { num_heads: heads });
      a = `${n}.a`;
    } else if (attention === 'attention') {
      const y3 = b.reshape(`${n}.y3`, y, -1, S, width);
      const w = transposed(`${n}.qkvw`, () => get(W).read(), 3 * width, width);
      b.addFused('Attention', [`${n}.a`], [y3, w, vec(B)], { num_heads: heads });
      a = `${n}.a`;
    } else {
      const qkv = dense(`${n}.qkv`, y, W, B);
      const r = b.reshape(`${n}.r5`, qkv, -1, S, 3, heads, width / heads);
      const t = b.add('Transpose', `${n}.t5`, [r], { perm: [2, 0, 3, 1, 4] });
      b.nodes.push({ op: 'Split', inputs: [t], outputs: [`${n}.q1`, `${n}.k1`, `${n}.v1`], attributes: { axis: 0 } });
      const q = b.reshape(`${n}.q`, `${n}.q1`, -1, heads, S, width / heads);
      const k = b.reshape(`${n}.k`, `${n}.k1`, -1, heads, S, width / heads);
      const v = b.reshape(`${n}.v`, `${n}.v1`, -1, heads, S, width / heads);
      b.addFused('FusedMatMul', [`${n}.qk`], [q, k], { transB: 1, alpha: { float: 1 / Math.sqrt(width / heads) } });
      const s = b.add('Softmax', `${n}.s`, [`${n}.qk`], { axis: -1 });
      const o = b.add('MatMul', `${n}.o`, [s, v]);
      a = b.add('Transpose', `${n}.ot`, [o], { perm: [0, 2, 1, 3] });
    }
    const a2 = b.reshape(`${n}.a2`, a, -1, width);
    const proj = dense(`${n}.out`, a2, `${block}.attn.out_proj.weight`, `${block}.attn.out_proj.bias`);
    const [y2, sum] = addLn(`${n}.ln2`, proj, x, `${block}.ln_2`);
    const h = act(`${n}.act`, dense(`${n}.fc`, y2, `${block}.mlp.c_fc.weight`, `${block}.mlp.c_fc.bias`));
    const m = dense(`${n}.proj`, h, `${block}.mlp.c_proj.weight`, `${block}.mlp.c_proj.bias`);
    const next = i === layers - 1 ? 'ln_post' : `transformer.resblocks.${i + 1}.ln_1`;
    if (i === layers - 1 && !clsLast) {
      const s3 = b.reshape('s3', b.add('Add', 'fs', [m, sum]), -1, S, width);
      const c = b.add('Gather', 'cls', [s3, (b.initializers.push({ name: 'zero', type: 'int64', shape: [], load: () => BigInt64Array.of(0n) }), 'zero')], { axis: 1 });
      y = ln('post', c, 'ln_post');
    } else [y, x] = addLn(`${n}.next`, m, sum, next);
  }
  void mlpWidth; void x3; x3 = '';
  b.add('MatMul', 'image_embeds', [y, mat('proj')]);
  return {
    name: 'clip-image-tower', inputs: [inputInfo],
    outputs: [{ name: 'image_embeds', type: 'float32', shape: ['batch', outputWidth] }],
    nodes: b.nodes, initializers: b.initializers,
  };
}
export type { ClipParameters };
