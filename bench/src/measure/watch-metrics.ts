/** Average cost of an image in a stage, including waiting; several images are processed at once. */
export interface StageCost {
  readonly service: string;
  readonly stage: string;
  readonly msAnImage: number;
  /** Zero where a stage does not count bytes. */
  readonly bytesAnImage: number;
}

const SERVICES = 5;
const EVERY_MS = 500;
const SECONDS = /^cullstream_stage_seconds_sum\{(.*)\} (\S+)$/;
const BYTES = /^cullstream_stage_bytes_total\{(.*)\} (\S+)$/;
const IMAGES = /^cullstream_images_total\{(.*)\} (\S+)$/;

/** Reads the metrics of services repeatedly, because they are lost when the services end. */
export function watchMetrics(firstPort: number): { stop(): StageCost[] } {
  const last = new Map<number, readonly StageCost[]>();
  const look = async (port: number) => {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      last.set(port, toStageCosts(await response.text()));
    } catch {
      // The service has not started or has ended: its last metrics are used.
    }
  };
  const timer = setInterval(() => {
    for (let index = 0; index < SERVICES; index++) void look(firstPort + index);
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return [...last.values()].flat();
    },
  };
}

/** @param text of one service, in the exposition format of Prometheus */
export function toStageCosts(text: string): StageCost[] {
  const lines = text.split('\n');
  const images = lines.reduce((sum, line) => sum + Number(IMAGES.exec(line)?.[2] ?? 0), 0);
  if (images === 0) return [];
  const bytes = new Map(toSamples(BYTES, lines).map(({ stage, value }) => [stage, value]));
  return toSamples(SECONDS, lines).map(({ service, stage, value }) => ({
    service,
    stage,
    msAnImage: (value * 1_000) / images,
    bytesAnImage: (bytes.get(stage) ?? 0) / images,
  }));
}

function toSamples(sample: RegExp, lines: readonly string[]) {
  return lines.flatMap((line) => {
    const [, labels = '', value] = sample.exec(line) ?? [];
    const stage = /stage="(\w+)"/.exec(labels)?.[1];
    const service = /service="(\w+)"/.exec(labels)?.[1];
    if (stage === undefined || service === undefined) return [];
    return [{ service, stage, value: Number(value) }];
  });
}
