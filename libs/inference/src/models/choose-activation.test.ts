import { ConfigurationError, type Activation } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { chooseActivation } from './choose-activation.js';

const checkpoint = { path: 'weights/ViT-B-32.safetensors', sha256: 'ab12'.repeat(16) };
const onnx = { ...checkpoint, path: 'weights/encoder.ONNX' };

type Said = Partial<Record<'asked' | 'sidecar' | 'known', Activation>>;

describe('chooseActivation', () => {
  it.each<[string, Said, Activation]>([
    ['what the user says', { asked: 'gelu' }, 'gelu'],
    ['the usual one where the user says so', { asked: 'quick-gelu' }, 'quick-gelu'],
    ['what the digest is known by', { known: 'gelu' }, 'gelu'],
    ['the sidecar before the digest', { sidecar: 'quick-gelu', known: 'gelu' }, 'quick-gelu'],
    ['what all agree on', { asked: 'gelu', sidecar: 'gelu', known: 'gelu' }, 'gelu'],
    ['the user and the sidecar', { asked: 'gelu', sidecar: 'gelu', known: 'quick-gelu' }, 'gelu'],
  ])('takes %s, without a word', (_what, said, activation) => {
    expect(chooseActivation({ ...checkpoint, ...said })).toEqual({ activation, notes: [] });
  });

  it('says of weights that nothing tells of what is assumed, why, and what to do', () => {
    const { activation, notes } = chooseActivation(checkpoint);
    expect(activation).toBeUndefined();
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /quick-gelu is assumed for weights\/ViT-B-32\.safetensors.*ab12ab12ab12.*not known.*‹activation=gelu›/,
    );
  });

  it.each<[string, Said, RegExp]>([
    ['a sidecar', { asked: 'gelu', sidecar: 'quick-gelu' }, /safetensors\.json says quick-gelu/],
    ['a sidecar', { asked: 'quick-gelu', sidecar: 'gelu' }, /safetensors\.json says gelu/],
    ['a known digest', { asked: 'gelu', known: 'quick-gelu' }, /known weights.* quick-gelu/],
    ['a known digest', { asked: 'quick-gelu', known: 'gelu' }, /known weights.* gelu/],
  ])('refuses a user who contradicts %s', (_what, said, message) => {
    const choose = () => chooseActivation({ ...checkpoint, ...said });
    expect(choose).toThrow(ConfigurationError);
    expect(choose).toThrow(message);
  });

  it('assumes nothing of an ONNX file, and lets nobody say otherwise', () => {
    expect(chooseActivation(onnx)).toEqual({ activation: undefined, notes: [] });
    for (const asked of ['gelu', 'quick-gelu'] as const) {
      expect(() => chooseActivation({ ...onnx, asked })).toThrow(
        /built in; leave ‹activation› out/,
      );
    }
  });
});
