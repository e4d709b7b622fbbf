import type { z } from 'zod';
import type { Logger } from '../logger.js';
import type { traceSettings } from '../service-settings.js';
import { noTracing, type Tracing } from './tracing.js';

/** Share of images that are traced. Each needs a few spans and a message of its own on every stream. */
const DEFAULT_RATIO = 0.01;

export type TraceSettings = z.infer<typeof traceSettings>;

export interface TracingSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'debug'>;
}

/**
 * Starts tracing if the address of a collector is set, by the settings or by OpenTelemetry's own variables.
 * Otherwise nothing is loaded.
 */
export async function startTracing(
  service: string,
  settings: TraceSettings,
  { environment, log }: TracingSurroundings,
): Promise<Tracing> {
  const endpoint = settings.traceEndpoint ?? environment['OTEL_EXPORTER_OTLP_ENDPOINT']?.trim();
  if (endpoint === undefined || endpoint === '') return noTracing;
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    log.warn({ endpoint }, 'OTEL_EXPORTER_OTLP_ENDPOINT is no address: nothing is traced');
    return noTracing;
  }
  const ratio = settings.traceRatio ?? toRatio(environment['OTEL_TRACES_SAMPLER_ARG']);
  const { createTracing } = await import('./open-telemetry.js');
  log.info({ endpoint, ratio }, 'images are traced');
  return createTracing({ service, endpoint, ratio, log });
}

function toRatio(text = ''): number {
  const ratio = text.trim() === '' ? NaN : Number(text);
  return ratio >= 0 && ratio <= 1 ? ratio : DEFAULT_RATIO;
}
