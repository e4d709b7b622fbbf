import { describe, expect, it } from 'vitest';
import { authorizationConfig } from './authorization-config.js';
import { busUsers, permissions, type BusUser } from './permissions.js';

const isProgram = (name: BusUser) => name !== 'provisioner' && name !== 'operator';

describe('permissions', () => {
  it.each(busUsers)('let %s listen to its own inbox, and to nothing wider', (name) => {
    const allowed = permissions[name].subscribe;
    expect(allowed[0]).toBe(`_INBOX_${name}.>`);
    const others: Partial<Record<BusUser, string[]>> = {
      operator: ['cull.status.*'],
      extractor: ['cull.bytes.*'],
      embedder: ['cull.recipes.embedder'],
      predictor: ['cull.recipes.predictor'],
      // Its page shows the runs of every reporter.
      reporter: ['cull.warnings.*', 'cull.status.*'],
    };
    expect(allowed.slice(1)).toEqual(others[name] ?? []);
  });

  it('let only one service publish what a stage makes', () => {
    const publishers = (subject: string) =>
      busUsers
        .filter(isProgram)
        .filter((name) => permissions[name].publish.some((each) => each.startsWith(subject)));
    expect(publishers('cull.images.')).toEqual(['extractor']);
    expect(publishers('cull.embeddings.')).toEqual(['embedder']);
    expect(publishers('cull.predictions.')).toEqual(['predictor']);
    expect(publishers('cull.status.')).toEqual(['reporter']);
    expect(publishers('cull.warnings.writer')).toEqual(['writer']);
    expect(permissions.operator.publish).toContain('cull.warnings.operator');
  });

  it('let no service create, change, purge or delete a stream or a consumer, but for bytes in transit', () => {
    const changing = /\.(?:CREATE|UPDATE|DELETE|PURGE|PAUSE|LEADER)\b/;
    const found = busUsers
      .filter(isProgram)
      .flatMap((name) => permissions[name].publish.filter((subject) => changing.test(subject)));
    expect(new Set(found)).toEqual(new Set(['$JS.API.STREAM.PURGE.OBJ_cull_bytes']));
  });

  it('let nobody publish to everything below a wildcard of the server itself', () => {
    const all = busUsers.flatMap((name) => permissions[name].publish);
    expect(
      all.filter((subject) => ['>', '$JS.>', '$JS.API.>', '$SYS.>'].includes(subject)),
    ).toEqual([]);
  });
});

describe('authorizationConfig', () => {
  it('names every user by its key, with what it may do', () => {
    const keys = Object.fromEntries(busUsers.map((name) => [name, `U${name.toUpperCase()}`]));
    const config = authorizationConfig(keys as Record<BusUser, string>);
    expect(config).toContain('nkey: UWRITER\n');
    expect(config).toContain('subscribe { allow: ["_INBOX_operator.>", "cull.status.*"] }');
    expect(config.match(/allow_responses/g)).toHaveLength(4);
    expect(config.match(/nkey: /g)).toHaveLength(busUsers.length);
  });
});
