import type { Features } from '@cullstream/contracts';
import { toCropFeatures, toRankerFeatures, type ImageFeatures } from '../features.js';
import { createMlpModel } from './mlp-model.js';

/** A model with the recipe its inputs are made by. */
export interface PredictorModel {
  /** Path of an ONNX file. */
  readonly path: string;
  readonly features: Features;
}

export interface PredictorOptions {
  readonly ranker: PredictorModel;
  readonly crop: PredictorModel;
  readonly intraOpThreads?: number;
}

export interface ImagePrediction {
  /** Unbounded, comparable only within one ranker. */
  readonly score: number;
  /** `[x1, y1, x2, y2]` in [0, 1] of width and height; may be inverted. */
  readonly crop: [number, number, number, number];
}

export interface Predictor {
  /** Scores and boxes in the order of `images`; an image's result does not depend on the others. */
  predict(images: readonly ImageFeatures[]): Promise<ImagePrediction[]>;
  release(): Promise<void>;
}

/**
 * Ranker and crop proposer behind one call.
 * @throws {ModelShapeError} when a model has another shape than its kind.
 */
export async function createPredictor(options: PredictorOptions): Promise<Predictor> {
  const { intraOpThreads = 1, ranker, crop } = options;
  const rankerModel = await createMlpModel({ kind: 'ranker', model: ranker.path, intraOpThreads });
  const cropModel = await createMlpModel({
    kind: 'crop-proposer',
    model: crop.path,
    intraOpThreads,
  });
  return {
    predict: async (images) => {
      const n = images.length;
      const scores = await rankerModel.run(toRankerFeatures(images, ranker.features), n);
      const boxes = await cropModel.run(toCropFeatures(images, crop.features), n);
      return images.map((_, index) => ({ score: scores[index] ?? NaN, crop: boxAt(boxes, index) }));
    },
    release: async () => {
      await rankerModel.release();
      await cropModel.release();
    },
  };
}

function boxAt(boxes: Float32Array, index: number): ImagePrediction['crop'] {
  const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = boxes.subarray(index * 4, index * 4 + 4);
  return [x1, y1, x2, y2];
}
