export const serviceNames = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'] as const;
export type ServiceName = (typeof serviceNames)[number];
