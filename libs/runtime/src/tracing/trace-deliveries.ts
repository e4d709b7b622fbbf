import type { Delivery } from '@cullstream/bus';
import type { Span, Tracing } from './tracing.js';

type Traced = Pick<Delivery, 'traceparent'>;
type Resume = Pick<Tracing, 'resume'>;

/** Handles a delivery within a span of its trace, if it is traced. */
export async function traceDelivery<T>(
  tracing: Resume,
  name: string,
  { traceparent }: Traced,
  handle: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const span = tracing.resume(name, traceparent);
  if (span === undefined) return handle(undefined);
  try {
    return await handle(span);
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

/**
 * As `traceDelivery`, for deliveries that are handled together.
 * @param handle gets the spans by position in the batch, and returns how each delivery ended
 */
export async function traceDeliveries(
  tracing: Resume,
  name: string,
  deliveries: readonly Traced[],
  handle: (spans: ReadonlyMap<number, Span>) => Promise<(Error | undefined)[]>,
): Promise<(Error | undefined)[]> {
  const spans = new Map<number, Span>();
  for (const [index, { traceparent }] of deliveries.entries()) {
    const span = tracing.resume(name, traceparent);
    if (span !== undefined) spans.set(index, span);
  }
  try {
    const outcomes = await handle(spans);
    for (const [index, span] of spans) {
      const error = outcomes[index];
      if (error !== undefined) span.fail(error);
    }
    return outcomes;
  } catch (error) {
    for (const span of spans.values()) span.fail(error);
    throw error;
  } finally {
    for (const span of spans.values()) span.end();
  }
}
