/** A span: the work of one service on one image. */
export interface Span {
  /** The header that the next message carries, so that the next service continues the trace. */
  readonly traceparent: string;
  /**
   * Measures a step as a child span.
   * @param describe returns attributes for the outcome
   */
  during<T>(
    name: string,
    work: () => Promise<T>,
    describe?: (outcome: T) => Readonly<Record<string, number | string>>,
  ): Promise<T>;
  /** Marks the span as failed. */
  fail(error: unknown): void;
  end(): void;
}

export interface TracedImage {
  readonly run: string;
  readonly project: { readonly name: string };
  readonly image: string;
}

/** Follows single images through the services. Images that are not sampled have no spans. */
export interface Tracing {
  /** Begins the first span of an image. */
  begin(name: string, image: TracedImage): Span | undefined;
  /** Begins the next span, in the trace that a message carries. */
  resume(name: string, traceparent: string | undefined): Span | undefined;
  /** Sends what was not sent yet, for a second at most. */
  close(): Promise<void>;
}

export const noTracing: Tracing = {
  begin: () => undefined,
  resume: () => undefined,
  close: () => Promise.resolve(),
};
