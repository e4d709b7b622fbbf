import {
  activations,
  approvablePrecisions,
  devices,
  modelFile,
  predictionModel,
  sha256Hex,
} from '@cullstream/contracts';
import { z } from 'zod';

/** The lowest values at which a precision is approved. */
const thresholds = z.strictObject({
  /** Share of the groups with several images in which the same image is selected. */
  samePicks: z.number().min(0).max(1),
  /** Mean overlap of the crop boxes: intersection over union. */
  cropOverlap: z.number().min(0).max(1),
});
export type Thresholds = Readonly<z.infer<typeof thresholds>>;

const agreement = z.object({
  images: z.int(),
  groups: z.int(),
  contested: z.int(),
  picksChanged: z.int(),
  cosineMin: z.number(),
  cosineMedian: z.number(),
  cornerMean: z.number(),
  cornerMax: z.number(),
  iouMean: z.number(),
  iouMin: z.number(),
});

/**
 * Everything that the measurement depends on. If any part changes, the approval is no longer valid.
 */
const subject = z.strictObject({
  embedder: modelFile,
  activation: z.enum(activations).nullable(),
  preprocessing: z.string(),
  ranker: predictionModel,
  crop: predictionModel,
  graph: z.strictObject({ builder: z.int(), sha256: sha256Hex }),
  onnxruntime: z.string(),
});
export type ApprovalSubject = Readonly<z.infer<typeof subject>>;

/** The user's approval of a precision, with the measurement that it is based on. */
export const approval = z.strictObject({
  precision: z.enum(approvablePrecisions),
  device: z.enum(devices),
  approvedAt: z.iso.datetime(),
  thresholds,
  figures: agreement,
  projects: z.array(z.strictObject({ project: z.string(), agreement })),
  imagesPerSecond: z.strictObject({ fp32: z.number(), approved: z.number() }),
  subject,
});
export type Approval = Readonly<z.infer<typeof approval>>;

/**
 * Describes an approval within a sentence: `on 2026-11-29: 399 of 400 picks the same, 1,200
 * images`.
 */
export function describeApproval({ approvedAt, figures }: Approval): string {
  const { contested, picksChanged, images } = figures;
  return (
    `on ${approvedAt.slice(0, 10)} by ${contested - picksChanged} of ${contested} same picks ` +
    `in a sample of ${images} images`
  );
}

/** Describes what has changed since the measurement. Empty if the approval is still valid. */
export function describeChanges(before: ApprovalSubject, now: ApprovalSubject): string[] {
  const tell = (what: string, a: unknown, b: unknown) => {
    const [was, is] = [JSON.stringify(a), JSON.stringify(b)];
    return was === is ? [] : [`${what}: ${was.replaceAll('"', '')}, now ${is.replaceAll('"', '')}`];
  };
  const digest = ({ file, sha256 }: { file: string; sha256: string }) =>
    `${file} (SHA-256 ${sha256.slice(0, 12)})`;
  const weights = (what: string, a: typeof before.embedder, b: typeof before.embedder) =>
    a.sha256 === b.sha256 ? [] : [`${what}: ${digest(a)}, now ${digest(b)}`];
  const changed = [
    ...weights('image encoder', before.embedder, now.embedder),
    ...weights('ranker', before.ranker, now.ranker),
    ...weights('crop proposer', before.crop, now.crop),
    ...tell('activation', before.activation, now.activation),
    ...tell('pixels', before.preprocessing, now.preprocessing),
    ...tell("ranker's inputs", before.ranker.features, now.ranker.features),
    ...tell("crop proposer's inputs", before.crop.features, now.crop.features),
    ...tell('onnxruntime', before.onnxruntime, now.onnxruntime),
    ...tell('version of the graph builder', before.graph.builder, now.graph.builder),
  ];
  // Other weights or another graph builder also change the graph, so the graph is reported only if
  // nothing else has changed.
  if (changed.length > 0 || before.graph.sha256 === now.graph.sha256) return changed;
  return tell('graph', before.graph.sha256.slice(0, 12), now.graph.sha256.slice(0, 12));
}
