import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composeProblems } from './support/compose-file.js';

const read = (name: string) => readFileSync(new URL(`../deploy/${name}`, import.meta.url), 'utf8');
const [text, encrypted] = [read('compose.yaml'), read('compose.tls.yaml')];
const ofBucket = read('compose.s3.yaml');
const settings = [...read('.env.example').matchAll(/^#?(\w+)=/gm)].map(([, name]) => name ?? '');

const replacing = (what: string, by: string) => text.replace(what, by);
const writer = (more: string) => replacing('\n  writer:\n', `\n  writer:\n    ${more}\n`);

/** What is done to compose.yaml, and part of what is said of it. */
const mistakes: [string, string, string][] = [
  ['a name of its own', `name: cull\n${text}`, 'name'],
  ['an included file', `include: [other.yaml]\n${text}`, 'include'],
  ['a fast start', writer('healthcheck: { start_interval: 1s }'), 'start_interval'],
  ['a misspelt key', replacing('    mem_limit: 512m', '    memory_limit: 512m'), 'memory_limit'],
  ['a newer key', writer('gpus: all'), '/services/writer must NOT have additional properties gpus'],
  ['a kind of value', replacing('target: broker', 'target: 4'), 'target'],
  ['a duration', replacing('stop_grace_period: 15s', 'stop_grace_period: 15 seconds'), 'duration'],
  ['a port', replacing('-9400}:9400', '-9400}:http'), '/services/reporter/ports/0'],
  ['a bare `no`', replacing("restart: 'no'", 'restart: no'), 'YAML 1.1 and 1.2'],
  ['a bare `true`', replacing('CULL_DEVICE: cpu', 'CULL_DEVICE: true'), '/environment'],
  ['a key twice', writer('user: root\n    user: root'), 'unique'],
  ['an unknown anchor', replacing('[*weights, *cache]', '[*weight, *cache]'), 'weight'],
  ['an unknown setting', replacing('${CULL_UID:-', '${CULL_USER:-'), 'CULL_USER is no setting'],
  ['a form of variables', replacing('${CULL_BYTES:-}', '${CULL_BYTES:+x}'), '${CULL_BYTES:+x}'],
  ['an undeclared volume', replacing('broker:/store', 'brokers:/store'), 'no volumes: brokers'],
  [
    'an unused volume',
    replacing('\n  broker:\n', '\n  broker:\n  store:\n'),
    'unused volumes: store',
  ],
  ['an undeclared network', replacing('[inside, edge]', '[inside, out]'), 'no networks: out'],
  ['an undeclared secret', replacing('source: writer_key', 'source: key'), 'no secrets: key'],
  ['a dependency on nobody', replacing('    provision: {', '    prepare: {'), 'wait for prepare'],
  ['a dependency on a profile', replacing('    provision: {', '    cli: {'), 'wait for cli'],
  [
    'a service without an image',
    text.replace(/ {4}image: '.*broker.*\n.*\n/, ''),
    'no image for nats',
  ],
];

describe('composeProblems', () => {
  it('finds none in the deployment', () => {
    expect(composeProblems([text], settings)).toEqual([]);
  });

  it('finds none in its encrypted form', () => {
    expect(composeProblems([text, encrypted], settings)).toEqual([]);
  });

  it('finds none in its form for a bucket', () => {
    expect(composeProblems([text, ofBucket], settings)).toEqual([]);
    expect(composeProblems([text, encrypted, ofBucket], settings)).toEqual([]);
  });

  it('finds that the encrypted form alone is none', () => {
    expect(composeProblems([encrypted], settings)).toContain('no image for nats');
  });

  it.each(mistakes)('finds %s', (_what, mistaken, said) => {
    expect(mistaken).not.toBe(text);
    expect(composeProblems([mistaken], settings).join('\n')).toContain(said);
  });
});
