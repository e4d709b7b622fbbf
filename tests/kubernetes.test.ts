import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServiceMetrics, knownVariables } from '@cullstream/runtime';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { isCollection, isPair, isScalar, parse, parseAllDocuments } from 'yaml';
import { findUnknownFields } from './support/find-unknown-fields.js';
import { findTestServer } from './support/nats-server.js';

const folder = fileURLToPath(new URL('../deploy/kubernetes/', import.meta.url));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template?: { readonly spec: core.PodSpec };
  };
}
interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly { name: string; files?: string[]; envs?: string[] }[];
  readonly secretGenerator: readonly { name: string; files: string[] }[];
}
/** Checks an object against the schema of its kind. */
interface ModelClass {
  readonly prototype: { readonly validate: (this: object) => void };
}

const kinds: Readonly<Record<string, object>> = {
  'apps/v1': apps,
  'batch/v1': batch,
  'keda.sh/v1alpha1': keda,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
  v1: core,
};

const kustomization = parse(read('kustomization.yaml')) as Kustomization;
const manifests = [...kustomization.resources, 'batch.yaml'].flatMap((file) =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest),
);
const named = manifests.map(
  (manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const,
);
const pods = named.flatMap(([name, { spec }]) =>
  spec.template === undefined ? [] : [[name, spec.template.spec] as const],
);
function validate({ apiVersion, kind }: Manifest, data: object): void {
  const { [kind]: Model } = kinds[apiVersion] as Record<string, ModelClass | undefined>;
  if (Model === undefined) throw new Error(`there is no schema of ${kind}`);
  Model.prototype.validate.call(data);
}

const find = (kind: string, name: string) =>
  manifests.find((each) => each.kind === kind && each.metadata.name === name);

describe('the manifests for Kubernetes', () => {
  it.each(named)('are as their schema wants them: %s', (_name, manifest) => {
    expect(findUnknownFields(manifest, (seen) => validate(manifest, seen))).toEqual([]);
  });

  it.each([...kustomization.resources, 'batch.yaml', 'kustomization.yaml'])(
    'are YAML for every parser: %s',
    (file) => {
      const found: string[] = [];
      const findIn = (node: unknown, isInBraces: boolean): void => {
        // Where values stand in braces, older parsers, and that of kubectl, take a question mark for a key.
        if (
          isScalar(node) &&
          isInBraces &&
          node.type === 'PLAIN' &&
          String(node.value).includes('?')
        ) {
          found.push(String(node.value));
        }
        if (isPair(node)) for (const each of [node.key, node.value]) findIn(each, isInBraces);
        if (!isCollection(node)) return;
        for (const item of node.items) findIn(item, isInBraces || node.flow === true);
      };
      for (const document of parseAllDocuments(read(file))) findIn(document.contents, false);
      expect(found).toEqual([]);
    },
  );

  it.skipIf(spawnSync('kubectl', ['version', '--client']).status !== 0)(
    'are put together by kubectl',
    () => {
      const copy = mkdtempSync(join(tmpdir(), 'cullstream-kustomization-'));
      try {
        cpSync(folder, copy, { recursive: true });
        for (const { files } of kustomization.secretGenerator) {
          for (const file of files) {
            const path = join(copy, file.replace(/^.*=/, ''));
            mkdirSync(dirname(path), { recursive: true });
            writeFileSync(path, 'secret');
          }
        }
        const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', copy], {
          encoding: 'utf8',
        });
        expect(status, stderr).toBe(0);
        expect(stdout).toContain('path: /healthz?js-server-only=true');
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    },
  );

  it('would be found to have a field that there is not, or one of another type', () => {
    const writer = structuredClone(find('StatefulSet', 'writer'));
    if (writer?.spec.template === undefined) throw new Error('there is no writer');
    Object.assign(writer.spec.template.spec, { hostNetwrk: true });
    expect(findUnknownFields(writer, (seen) => validate(writer, seen))).toEqual([
      'spec.template.spec.hostNetwrk',
    ]);
    Object.assign(writer.spec, { replicas: 'one' });
    expect(() => validate(writer, writer)).toThrow(/spec\/replicas must be integer/);
  });

  it.each(pods)('let no pod do more than it has to: %s', (_name, pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const { securityContext, resources } of pod.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources?.limits?.['memory']).toBeDefined();
    }
    const originals = pod.containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.filter(({ name }) => name === 'originals'),
    );
    expect(originals.every(({ readOnly }) => readOnly)).toBe(true);
  });

  it.each(pods)('name only what there is: %s', (_name, pod) => {
    const dockerfile = readFileSync(new URL('../deploy/Dockerfile', import.meta.url), 'utf8');
    const configMaps = kustomization.configMapGenerator.map(({ name }) => name);
    const secrets = kustomization.secretGenerator.map(({ name }) => name);
    for (const { image = '', env = [], envFrom = [], volumeMounts = [] } of pod.containers) {
      expect(dockerfile).toContain(`AS ${image.replace('cullstream-', '')}\n`);
      for (const { name } of env) {
        if (name.startsWith('CULL_')) expect(knownVariables).toContain(name);
      }
      for (const { configMapRef } of envFrom) expect(configMaps).toContain(configMapRef?.name);
      const volumes = [...(pod.volumes ?? []).map(({ name }) => name), 'store'];
      for (const { name } of volumeMounts) expect(volumes).toContain(name);
    }
    for (const { secret, persistentVolumeClaim: claim, projected } of pod.volumes ?? []) {
      if (secret !== undefined) expect(secrets).toContain(secret.secretName);
      if (claim !== undefined) {
        expect(find('PersistentVolumeClaim', claim.claimName)).toBeDefined();
      }
      for (const source of projected?.sources ?? []) {
        if (source.secret !== undefined) expect(secrets).toContain(source.secret.name);
        if (source.configMap !== undefined) expect(configMaps).toContain(source.configMap.name);
      }
    }
  });

  it('give services as long to end as the compose file does, and ask whether they are well', () => {
    const compose = parse(
      readFileSync(new URL('../deploy/compose.yaml', import.meta.url), 'utf8'),
    ) as Record<string, Record<string, { stop_grace_period?: string }>>;
    const serviceGrace = (compose['x-service'] as { stop_grace_period?: string }).stop_grace_period;
    for (const name of ['extractor', 'embedder', 'predictor', 'writer', 'reporter', 'nats']) {
      const { spec } = find('Deployment', name) ?? find('StatefulSet', name) ?? {};
      const pod = spec?.template?.spec;
      const grace = compose['services']?.[name]?.stop_grace_period ?? serviceGrace;
      expect(`${pod?.terminationGracePeriodSeconds}s`).toBe(grace);
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
        expect(pod?.containers[0]?.[probe]?.httpGet?.path).toMatch(/^\/(healthz|readyz)/);
      }
    }
  });

  it('scale embedders by a metric that there is, up to as many as the streams are set up for', async () => {
    const scaled = find('ScaledObject', 'embedder') as unknown as keda.IScaledObject;
    const { maxReplicaCount, triggers } = scaled.spec;
    const provision = find('Job', 'provision')?.spec.template?.spec.containers[0]?.args ?? [];
    expect(provision[provision.indexOf('--embedders') + 1]).toBe(String(maxReplicaCount));

    const metrics = createServiceMetrics('reporter');
    metrics.setRemainder('r', { images: { embedder: 3, writer: 5 }, imagesPerSecond: 2 });
    const { text } = await metrics.expose();
    const [, selector] = /sum\(([^)]+)\)/.exec(triggers[0]?.metadata['query'] ?? '') ?? [];
    const [metric, label] = (selector ?? '').replace('}', '').split('{');
    expect(text).toMatch(new RegExp(`^${metric}\\{.*${label}.*\\} 3$`, 'm'));
    metrics.removeRemainder('r');
    expect((await metrics.expose()).text).not.toMatch(new RegExp(`^${metric}\\{`, 'm'));
  });

  it('have as many writers as share the projects', () => {
    const provision = find('Job', 'provision')?.spec.template?.spec.containers[0]?.args ?? [];
    const writers = find('StatefulSet', 'writer')?.spec.replicas;
    expect(provision[provision.indexOf('--writers') + 1]).toBe(String(writers));
  });

  it('configure a broker that nats-server accepts', async () => {
    const { path } = await findTestServer();
    const temporary = mkdtempSync(join(tmpdir(), 'cullstream-kubernetes-'));
    try {
      // Older servers than that of the image do not know it.
      const config = read('nats-cluster.conf').replace('sync_interval: "10s"', '');
      writeFileSync(join(temporary, 'nats-cluster.conf'), config);
      writeFileSync(join(temporary, 'authorization.conf'), 'authorization { users: [] }\n');
      const { status, stderr } = spawnSync(
        path,
        ['-t', '-c', join(temporary, 'nats-cluster.conf')],
        {
          env: { ...process.env, POD_NAME: 'nats-0' },
          encoding: 'utf8',
        },
      );
      expect(status, stderr).toBe(0);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
});
