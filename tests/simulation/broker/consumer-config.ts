export interface ConsumerConfig {
  readonly name?: string;
  readonly durable_name?: string;
  readonly filter_subject?: string;
  readonly deliver_policy?: string;
  readonly opt_start_seq?: number;
  readonly ack_policy?: string;
  readonly ack_wait?: number;
  readonly max_ack_pending?: number;
  readonly deliver_subject?: string;
  readonly idle_heartbeat?: number;
  readonly headers_only?: boolean;
  readonly [field: string]: unknown;
}

/** In nanoseconds, as everything of the API. */
export const DEFAULT_ACK_WAIT = 30e9;

/** What a server adds to the configuration of a consumer. */
export function withDefaults(config: ConsumerConfig): ConsumerConfig {
  const { filter_subject, ...rest } = config;
  return {
    deliver_policy: 'all',
    ack_policy: 'none',
    replay_policy: 'instant',
    max_deliver: -1,
    num_replicas: 0,
    ...(config.ack_policy === 'explicit' && { ack_wait: DEFAULT_ACK_WAIT, max_ack_pending: 1_000 }),
    ...(config.deliver_subject === undefined && { max_waiting: 512 }),
    ...rest,
    ...(filter_subject !== undefined && { filter_subject }),
  };
}
