import type { Compose } from './compose-schema.js';

type Service = NonNullable<Compose['services']>[string];

/** Names that services refer to and no file defines, and definitions that no service uses. */
export function referenceProblems(files: readonly Compose[]): string[] {
  const services = files.flatMap((file) => Object.entries(file.services ?? {}));
  return [
    ...wholeProblems(services),
    ...dependencyProblems(services),
    ...(['volumes', 'networks', 'secrets'] as const).flatMap((kind) => {
      const declared = new Set(files.flatMap((file) => Object.keys(file[kind] ?? {})));
      const used = new Set(services.flatMap(([, service]) => toNames(service, kind)));
      return [
        ...[...used].filter((name) => !declared.has(name)).map((name) => `no ${kind}: ${name}`),
        ...[...declared].filter((name) => !used.has(name)).map((name) => `unused ${kind}: ${name}`),
      ];
    }),
  ];
}

function wholeProblems(services: readonly (readonly [string, Service])[]): string[] {
  const whole = services.filter(
    ([, { image, build }]) => image !== undefined || build !== undefined,
  );
  const names = new Set(whole.map(([name]) => name));
  return services.filter(([name]) => !names.has(name)).map(([name]) => `no image for ${name}`);
}

/**
 * A service of a profile is missing unless the profile is used, so other services cannot wait for
 * it.
 */
function dependencyProblems(services: readonly (readonly [string, Service])[]): string[] {
  const there = new Set(services.map(([name]) => name));
  for (const [name, { profiles }] of services) if (profiles !== undefined) there.delete(name);
  return services.flatMap(([name, { depends_on: waitsFor = [] }]) =>
    toKeys(waitsFor)
      .filter((other) => !there.has(other) || other === name)
      .map((other) => `${name} cannot wait for ${other}`),
  );
}

function toNames(service: Service, kind: 'volumes' | 'networks' | 'secrets'): string[] {
  if (kind === 'networks') return toKeys(service.networks ?? []);
  if (kind === 'secrets') {
    return (service.secrets ?? []).map((secret) =>
      typeof secret === 'string' ? secret : (secret.source ?? ''),
    );
  }
  const sources = (service.volumes ?? []).map((volume) =>
    typeof volume === 'string' ? (volume.split(':')[0] ?? '') : (volume.source ?? ''),
  );
  return sources.filter((source) => !/^[./~]/.test(source));
}

function toKeys(listed: readonly string[] | object): string[] {
  return Array.isArray(listed) ? (listed as string[]) : Object.keys(listed);
}
