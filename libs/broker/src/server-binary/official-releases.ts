/** An archive of an official nats-server release and the SHA-256 its makers' build published. */
export interface OfficialRelease {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

/**
 * Where each value was published: Linux and Windows, the build history of the `nats` image of
 * Docker's official images (docker-library/repo-info, repos/nats/remote/2.12.15*); macOS, the sums of
 * the release's SHA256SUMS as hermit-packages/nats-server.hcl records them, whose Linux values
 * agree with the image's.
 */
const pinned: Readonly<Record<string, readonly [version: string, file: string, sha256: string]>> = {
  'linux-x64': [
    '2.12.15',
    'linux-amd64.tar.gz',
    '58ab8131f819263897e2fc38e503e1b755b63bcafeecc7d12582487df48ca15e',
  ],
  'linux-arm64': [
    '2.12.15',
    'linux-arm64.tar.gz',
    'b724db99fefbf8f5c808baa82819ee50350aee9734017e4a478f7e545cef3ab6',
  ],
  'linux-arm': [
    '2.12.15',
    'linux-arm7.tar.gz',
    '72311fe4e14ce3ce22dc8e7ac02633e6f31a9bab4086c92a31fd040e59683c8a',
  ],
  'linux-ppc64': [
    '2.12.15',
    'linux-ppc64le.tar.gz',
    '56447e72ec0551fa27a4368388dee475e028d4d5de6d97a802d944c6f278cf1e',
  ],
  'linux-s390x': [
    '2.12.15',
    'linux-s390x.tar.gz',
    '5db960be875da499f1354f41c0a7780303fb9644cf62d35022677e77b4178029',
  ],
  'win32-x64': [
    '2.12.15',
    'windows-amd64.zip',
    'ed2f6d265abb6c6b151b077d1b6810d006f6e01453d864104de5ce4dc6ee6c27',
  ],
  'darwin-x64': [
    '2.12.2',
    'darwin-amd64.tar.gz',
    '5b52fb4968d72b3368c2d626107a86293daab30b7dd16179db7522f54ca0beb0',
  ],
  'darwin-arm64': [
    '2.12.2',
    'darwin-arm64.tar.gz',
    'd1e6d2cb36bf20e0ba8c2f50eeb4e6ea57f38353823fc77127dd676219591eea',
  ],
};

/** @param platform `process.platform` and `process.arch`. */
export function officialReleaseFor(platform: {
  readonly os: string;
  readonly arch: string;
}): OfficialRelease | undefined {
  const found = pinned[`${platform.os}-${platform.arch}`];
  if (found === undefined) return undefined;
  const [version, file, sha256] = found;
  const base = 'https://github.com/nats-io/nats-server/releases/download';
  return { version, sha256, url: `${base}/v${version}/nats-server-v${version}-${file}` };
}
