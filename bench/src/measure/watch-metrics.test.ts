import { expect, it } from 'vitest';
import { toStageTimes } from './watch-metrics.js';

it('divides the time of a stage by the images of its service', () => {
  const text = [
    'cullstream_images_total{outcome="computed",service="embedder"} 30',
    'cullstream_images_total{outcome="cached",service="embedder"} 10',
    'cullstream_stage_seconds_sum{service="embedder",stage="infer"} 2',
    'cullstream_stage_seconds_count{service="embedder",stage="infer"} 5',
  ].join('\n');
  expect(toStageTimes(text)).toEqual([{ service: 'embedder', stage: 'infer', msAnImage: 50 }]);
});

it('says nothing of a service that has had no image', () => {
  expect(toStageTimes('cullstream_stage_seconds_sum{service="writer",stage="commit"} 0')).toEqual(
    [],
  );
});
