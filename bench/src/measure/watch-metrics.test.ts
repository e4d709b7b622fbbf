import { expect, it } from 'vitest';
import { toStageCosts } from './watch-metrics.js';

it('divides time and bytes of a stage by the images of its service', () => {
  const text = [
    'cullstream_images_total{outcome="computed",service="embedder"} 30',
    'cullstream_images_total{outcome="cached",service="embedder"} 10',
    'cullstream_stage_seconds_sum{service="embedder",stage="infer"} 2',
    'cullstream_stage_seconds_count{service="embedder",stage="infer"} 5',
    'cullstream_stage_bytes_total{stage="infer",service="embedder"} 8000',
  ].join('\n');
  expect(toStageCosts(text)).toEqual([
    { service: 'embedder', stage: 'infer', msAnImage: 50, bytesAnImage: 200 },
  ]);
});

it('says nothing of a service that has had no image', () => {
  expect(toStageCosts('cullstream_stage_seconds_sum{service="writer",stage="commit"} 0')).toEqual(
    [],
  );
});
