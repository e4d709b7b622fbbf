import { busUsers, permissions, type BusUser } from './permissions.js';

/**
 * The part of a nats-server's configuration that says who may do what: one nkey user each, to be
 * included at the top level. It holds public keys only.
 */
export function authorizationConfig(publicKeys: Readonly<Record<BusUser, string>>): string {
  const users = busUsers.flatMap((name) => {
    const { publish, subscribe, answers } = permissions[name];
    return [
      `    # ${name}`,
      '    {',
      `      nkey: ${publicKeys[name]}`,
      '      permissions {',
      `        publish { allow: ${list(publish)} }`,
      `        subscribe { allow: ${list(subscribe)} }`,
      ...(answers ? ['        allow_responses: { max: 1, expires: "30s" }'] : []),
      '      }',
      '    }',
    ];
  });
  return ['authorization {', '  users: [', ...users, '  ]', '}', ''].join('\n');
}

function list(subjects: readonly string[]): string {
  return `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;
}
