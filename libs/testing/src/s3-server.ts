import crypto from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, sep } from 'node:path';
import S3rver from '@20minutes/s3rver';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { forgetClient } from '@cullstream/object-storage';
import { createTempDir } from './temp-dir.js';

/** How a request is answered instead of by the server. */
export type StorageFault =
  /** 503, as when there are too many requests. */
  | 'busy'
  /** Nothing at all. */
  | 'silent'
  /** The connection ends before an answer. */
  | 'cut'
  /** The connection ends in the middle of the body. */
  | 'half'
  /** The middle of the body is followed by nothing. */
  | 'stalled';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
}

/** A server of S3-compatible storage with one bucket. */
export interface S3Server {
  readonly bucket: string;
  /** What programs get in their environment to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** All requests since the last call of {@link S3Server.fail}. */
  readonly requests: readonly SeenRequest[];
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Puts all files below a folder, under their paths. */
  putFolder(folder: string, prefix?: string): Promise<void>;
  get(key: string): Promise<Buffer>;
  /** The keys of all objects, sorted. */
  keys(): Promise<string[]>;
  remove(key: string): Promise<void>;
  /** Answers the next requests with these faults, one each; with `always` all of them. */
  fail(faults: readonly StorageFault[] | { readonly always: StorageFault }): void;
  close(): Promise<void>;
}

const BUCKET = 'pictures';
/** The only credentials that the server knows. */
const KEY = 'S3RVER';

/** @param pageKeys largest number of keys of one answer to a list; 1,000 by default, as elsewhere */
export async function startS3Server({ pageKeys = 1000 } = {}): Promise<S3Server> {
  provideDes();
  const directory = await createTempDir('s3');
  const storage = new S3rver({
    directory: directory.path,
    silent: true,
    vhostBuckets: false,
    // It signs the path of a bucket without the slash at its end. Unknown keys are refused all the same.
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: BUCKET }],
  });
  await storage.configureBuckets();
  const answer = storage.callback();
  const requests: SeenRequest[] = [];
  let faults: StorageFault[] = [];
  let always: StorageFault | undefined;
  const handle: RequestListener = (request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, path: url, range: headers.range });
    const fault = always ?? faults.shift();
    if (fault === 'silent') return;
    if (fault === 'cut') request.socket.destroy();
    else if (fault === 'busy') response.writeHead(503).end();
    else {
      if (fault !== undefined) breakInTheMiddle(response, fault);
      if (url.includes('list-type=2') && !url.includes('max-keys=')) {
        request.url = `${url}&max-keys=${pageKeys}`;
      }
      answer(request, response);
    }
  };
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Tests of one process may have had another server.
  forgetClient();
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: KEY, secretAccessKey: KEY },
  });
  const put = async (key: string, bytes: Uint8Array) => {
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: bytes }));
  };
  return {
    bucket: BUCKET,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: KEY,
      AWS_REGION: 'us-east-1',
    },
    requests,
    put,
    async putFolder(folder, prefix = '') {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const key = prefix + relative(folder, path).split(sep).join('/');
        await put(key, await readFile(path));
      }
    },
    async get(key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async keys() {
      const keys: string[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: BUCKET })) {
        keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
      }
      return keys.sort();
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
    },
    fail(next) {
      requests.length = 0;
      always = 'always' in next ? next.always : undefined;
      faults = 'always' in next ? [] : [...next];
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await directory.remove();
    },
  };
}

/**
 * The server encrypts where a list goes on with DES, which OpenSSL has no more. Three times with the same key,
 * the triple form gives the same.
 */
function provideDes(): void {
  const { createCipheriv, createDecipheriv } = crypto;
  const thrice = (key: crypto.CipherKey) => {
    const bytes = Buffer.from(key as Buffer);
    return Buffer.concat([bytes, bytes, bytes]);
  };
  Object.assign(crypto, {
    createCipheriv: (name: string, key: crypto.CipherKey, iv: Buffer) =>
      name === 'des'
        ? createCipheriv('des-ede3-cbc', thrice(key), iv)
        : createCipheriv(name, key, iv),
    createDecipheriv: (name: string, key: crypto.CipherKey, iv: Buffer) =>
      name === 'des'
        ? createDecipheriv('des-ede3-cbc', thrice(key), iv)
        : createDecipheriv(name, key, iv),
  });
}

/** Lets half of the first piece of a body pass. */
function breakInTheMiddle(response: ServerResponse, fault: 'half' | 'stalled'): void {
  const write = response.write.bind(response);
  response.write = (chunk: Uint8Array) => {
    const half = Buffer.from(chunk).subarray(0, Math.ceil(chunk.length / 2));
    write(half, () => {
      // A client that notices the end may drop unread data, so it gets time to read.
      if (fault === 'half') setTimeout(() => response.socket?.destroy(), 100);
    });
    response.write = () => true;
    response.end = () => response;
    return true;
  };
}
