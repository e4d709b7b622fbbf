import { setTimeout as delay } from 'node:timers/promises';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  defaultTextMapGetter,
  defaultTextMapSetter,
  trace,
  type Context,
  type Span as OtelSpan,
  type Tracer,
} from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { TracingSurroundings } from './start-tracing.js';
import type { Span, Tracing } from './tracing.js';

export interface TracingOptions extends Pick<TracingSurroundings, 'log'> {
  readonly service: string;
  /** Address of the collector; its path for traces is added. */
  readonly endpoint: string;
  /** Share of the images that are traced, of those whose first span begins here. */
  readonly ratio: number;
}

/** Time limit for sending the last spans, so that a silent collector does not delay the end. */
const CLOSE_WITHIN_MS = 1_000;

/** Tracing with OpenTelemetry. The only global setting is that its errors go to the log, as debug lines. */
export function createTracing({ service, endpoint, ratio, log }: TracingOptions): Tracing {
  setGlobalErrorHandler((error) => log.debug({ err: error }, 'the collector takes no traces'));
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': `cullstream-${service}`,
      'service.namespace': 'cullstream',
      'service.instance.id': String(process.pid),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('cullstream');
  const propagator = new W3CTraceContextPropagator();
  return {
    begin(name, { run, project, image }) {
      const span = tracer.startSpan(
        name,
        {
          kind: SpanKind.PRODUCER,
          attributes: {
            'cullstream.run': run,
            'cullstream.project': project.name,
            'cullstream.image': image,
          },
        },
        ROOT_CONTEXT,
      );
      return span.isRecording() ? wrap(tracer, propagator, span) : undefined;
    },
    resume(name, traceparent) {
      if (traceparent === undefined) return undefined;
      const parent = propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
      if (trace.getSpanContext(parent) === undefined) return undefined;
      const span = tracer.startSpan(name, { kind: SpanKind.CONSUMER }, parent);
      return span.isRecording() ? wrap(tracer, propagator, span) : undefined;
    },
    async close() {
      const closed = provider
        .shutdown()
        .catch((error: unknown) => log.debug({ err: error }, 'the last traces were not sent'));
      await Promise.race([closed, delay(CLOSE_WITHIN_MS)]);
    },
  };
}

function wrap(tracer: Tracer, propagator: W3CTraceContextPropagator, span: OtelSpan): Span {
  const context = trace.setSpan(ROOT_CONTEXT, span);
  return {
    traceparent: toTraceparent(propagator, context),
    async during(name, work, describe) {
      const part = tracer.startSpan(name, {}, context);
      try {
        const outcome = await work();
        if (describe !== undefined) part.setAttributes(describe(outcome));
        return outcome;
      } catch (error) {
        fail(part, error);
        throw error;
      } finally {
        part.end();
      }
    },
    fail: (error) => fail(span, error),
    end: () => span.end(),
  };
}

function fail(span: OtelSpan, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function toTraceparent(propagator: W3CTraceContextPropagator, context: Context): string {
  const carrier: Record<string, string> = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier['traceparent'] ?? '';
}
