import type { S3Client } from '@aws-sdk/client-s3';

/** The client of the storage, and the requests that are made with it. */
export interface StorageClient {
  readonly client: S3Client;
  readonly requests: Pick<
    typeof import('@aws-sdk/client-s3'),
    'GetObjectCommand' | 'HeadObjectCommand' | 'ListObjectsV2Command' | 'PutObjectCommand'
  >;
}

const CONNECT_WITHIN_MS = 10_000;
/** Attempts of a request that fails before its answer begins: no connection, 5xx, too many requests. */
const ATTEMPTS = 3;
/** Storage other than Amazon's does not care about it, but requests are signed with one. */
const USUAL_REGION = 'us-east-1';

let loading: Promise<StorageClient> | undefined;

/**
 * The client of this process. It takes endpoint, region and credentials where all programs with Amazon's client
 * take them: variables, profiles, the identity of a container. It is loaded at the first call, for it is large.
 */
export function loadClient(): Promise<StorageClient> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** The next request reads variables and profiles anew. */
export function forgetClient(): void {
  loading = undefined;
}

async function load(): Promise<StorageClient> {
  const { S3Client, ...requests } = await import('@aws-sdk/client-s3');
  const create = (region?: string) =>
    new S3Client({
      maxAttempts: ATTEMPTS,
      followRegionRedirects: true,
      requestHandler: { connectionTimeout: CONNECT_WITHIN_MS },
      // Ranges have no checksum; entries of archives have one in their archive.
      responseChecksumValidation: 'WHEN_REQUIRED',
      // What is put has its MD5, which servers other than Amazon's know as well.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      ...(region === undefined ? {} : { region }),
    });
  let client = create();
  const hasRegion = await client.config.region().then(
    () => true,
    () => false,
  );
  if (!hasRegion) client = create(USUAL_REGION);
  usePaths(client.config);
  return { client, requests };
}

/**
 * At an endpoint that somebody set, the bucket is named in the path: most servers other than Amazon's have no
 * host name for each bucket.
 */
function usePaths(config: S3Client['config']): void {
  const provide = config.endpointProvider;
  config.endpointProvider = (parameters, context) => {
    const isSet = parameters.Endpoint !== undefined;
    return provide(isSet ? { ...parameters, ForcePathStyle: true } : parameters, context);
  };
}
