export { type BusLog } from './bus-log.js';
export { type BundleLimits } from './publish/publishing.js';
export { bundleLimits } from './bundle/bundle-limits.js';
export {
  areImageBytesServed,
  openImageBytesFetcher,
  type ImageBytesFetcher,
} from './bytes/fetch-image-bytes.js';
export { ensureBytesBucket, type BytesBucketOptions } from './bytes/bytes-bucket.js';
export {
  serveImageBytes,
  type ImageBytesServer,
  type ServeImageBytesOptions,
} from './bytes/serve-image-bytes.js';
export { type Bus } from './connection/bus.js';
export { connectBus } from './connection/connect-bus.js';
export {
  type BusAccess,
  type BusCredentials,
  type ConnectBusOptions,
} from './connection/connect-options.js';
export { BrokerUnavailableError } from './connection/first-connection.js';
export { isBrokerUnavailable } from './connection/is-broker-unavailable.js';
export { isServerAtLeast } from './connection/is-server-at-least.js';
export { requireJetStream } from './connection/require-jetstream.js';
export { consumeBatches, type ConsumeBatchesOptions } from './consume/consume-batches.js';
export { MAX_DELIVERIES } from './consume/to-disposition.js';
export { consumeEach, type ConsumeEachOptions } from './consume/consume-each.js';
export { type Consumption, type ConsumptionOptions } from './consume/consumption.js';
export { type Delivery } from './consume/delivery.js';
export { toDisposition, type Disposition, type Outcome } from './consume/to-disposition.js';
export { extractorRef, openUnfinishedAttempts } from './consume/unfinished-attempts.js';
export { type BatchHandler } from './consume/message-handler.js';
export { type DeadLetter, type StoredDeadLetter } from './dead-letters/dead-letter.js';
export {
  createDeadLetterCounter,
  type DeadLetterCounter,
} from './dead-letters/dead-letter-counter.js';
export { countDeadLetters } from './dead-letters/count-dead-letters.js';
export { deleteDeadLetter, listDeadLetters } from './dead-letters/list-dead-letters.js';
export { locateDeadLetter, type DeadLetterPlace } from './dead-letters/locate-dead-letter.js';
export { readDeadLetters } from './dead-letters/read-dead-letters.js';
export { reconcileAdvisories } from './dead-letters/reconcile-advisories.js';
export { authorizationConfig } from './permissions/authorization-config.js';
export { createNkeyPair, readSeedFile, toPublicKey, type NkeyPair } from './permissions/nkeys.js';
export {
  busUsers,
  toInboxPrefix,
  permissions,
  type BusUser,
  type Permissions,
} from './permissions/permissions.js';
export {
  type Publisher,
  type PublisherOptions,
  type PublishOptions,
  type PublishReceipt,
} from './publish/publishing.js';
export { ConcurrentPublishError, isChained } from './publish/chain.js';
export { maxEventBytes, maxMessageBytes } from './publish/payload-limits.js';
export { askRecipes } from './recipes/ask-recipes.js';
export { answerRecipeRequests } from './recipes/answer-recipe-requests.js';
export { countEvents } from './read/count-events.js';
export { countMessages } from './read/count-messages.js';
export { hearStatus } from './read/hear-status.js';
export { readLastEvent } from './read/read-last-event.js';
export { readEventsAfter } from './read/read-events-after.js';
export { readAllEvents, type ReadRange } from './read/read-all-events.js';
export { type StoredMessage } from './read/stored-message.js';
export { openDocuments, type Documents } from './records/documents.js';
export {
  openProjectClaims,
  type ClaimState,
  type ProjectClaims,
  type StoredClaim,
} from './records/project-claims.js';
export { CONTRACT_RECORD } from './records/contract-bucket.js';
export { assertSameContract, CONTRACT_VERSION, ensureContract } from './records/contract-record.js';
export {
  openRecords,
  RUN_RECORDS,
  type Records,
  type RecordSchema,
} from './records/open-records.js';
export { unlessMissing } from './topology/api-errors.js';
export {
  consumerBacklog,
  hasConsumer,
  isConsumed,
  type ConsumerBacklog,
} from './topology/consumer-backlog.js';
export {
  batchSizes,
  consumerSpec,
  type ConsumerName,
  type ConsumerRef,
  type ConsumerScope,
  type ConsumerSpec,
} from './topology/consumers.js';
export { deleteRun } from './topology/delete-run.js';
export { ensureConsumer } from './topology/ensure-consumer.js';
export { purgeWork } from './topology/purge-work.js';
export { ensureReplicas, isInCluster, readReplicas } from './topology/ensure-replicas.js';
export { ensureStreams } from './topology/ensure-streams.js';
export {
  isInPartition,
  PROJECT_SLOTS,
  toPartitions,
  toProjectSlot,
  type Partition,
} from './topology/partitions.js';
export { streams, type StreamName } from './topology/streams.js';
export {
  ensureWriterConsumers,
  findSharedConsumers,
  readWriterPartitions,
  sharedBacklog,
} from './topology/writer-consumers.js';

export { toError } from './to-error.js';
