/** A part of the way of one image, in one service. */
export interface Span {
  /** What the next message carries, so that the next service goes on with the trace. */
  readonly traceparent: string;
  /**
   * Measures a part of it.
   * @param describe what else there is to say of the outcome
   */
  during<T>(
    name: string,
    work: () => Promise<T>,
    describe?: (outcome: T) => Readonly<Record<string, number | string>>,
  ): Promise<T>;
  /** Says why it did not go well. */
  fail(error: unknown): void;
  end(): void;
}

export interface TracedImage {
  readonly run: string;
  readonly project: { readonly name: string };
  readonly image: string;
}

/** Follows single images through the services. Off, and for images that are not sampled, there are no spans. */
export interface Tracing {
  /** The first span of an image. */
  begin(name: string, image: TracedImage): Span | undefined;
  /** The next one, in the trace that a message carries. */
  resume(name: string, traceparent: string | undefined): Span | undefined;
  /** Sends what was not sent yet, for a second at most. */
  close(): Promise<void>;
}

export const noTracing: Tracing = {
  begin: () => undefined,
  resume: () => undefined,
  close: () => Promise.resolve(),
};
