/** What a stage took of one image on average, waiting included; several images are worked on at once. */
export interface StageTime {
  readonly service: string;
  readonly stage: string;
  readonly msAnImage: number;
}

const SERVICES = 5;
const EVERY_MS = 500;
const STAGE = /^cullstream_stage_seconds_sum\{(.*)\} (\S+)$/;
const IMAGES = /^cullstream_images_total\{(.*)\} (\S+)$/;

/** Reads the metrics of services again and again, for they are gone when the services end. */
export function watchMetrics(firstPort: number): { stop(): StageTime[] } {
  const last = new Map<number, readonly StageTime[]>();
  const look = async (port: number) => {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      last.set(port, toStageTimes(await response.text()));
    } catch {
      // Not begun yet, or ended: what it said last holds.
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
export function toStageTimes(text: string): StageTime[] {
  const lines = text.split('\n');
  const images = lines.reduce((sum, line) => sum + Number(IMAGES.exec(line)?.[2] ?? 0), 0);
  if (images === 0) return [];
  return lines.flatMap((line) => {
    const [, labels, seconds] = STAGE.exec(line) ?? [];
    const stage = /stage="(\w+)"/.exec(labels ?? '')?.[1];
    const service = /service="(\w+)"/.exec(labels ?? '')?.[1];
    if (stage === undefined || service === undefined) return [];
    return [{ service, stage, msAnImage: (Number(seconds) * 1_000) / images }];
  });
}
