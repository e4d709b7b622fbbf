import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseWritesIntoOriginals, type SettingsSchema } from '@cullstream/runtime';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declareCommands, writing } from './declare-commands.js';

/** Settings that name files and folders which no command writes. */
const onlyRead = [
  ...['originals', 'finals', 'registry', 'config', 'inventory', 'embedder', 'ranker', 'crop'],
  ...['natsSeedFile', 'natsCaFile', 'from'],
];
/** Operands that name files which no command writes. */
const operandsOnlyRead = ['validate path', 'models import file'];

const schemas = new Map<string, SettingsSchema>();
const operands: string[] = [];
declareCommands((name, schema) => {
  schemas.set(name, schema);
  const command = new Command(name);
  const add = command.argument.bind(command);
  command.argument = (flags: string, ...rest: []) => {
    if (/file|path|dir|folder/i.test(flags))
      operands.push(`${name} ${flags.replaceAll(/\W/g, '')}`);
    return add(flags, ...rest);
  };
  return command;
});

describe('what names a file or a folder', () => {
  let originals: string;
  beforeAll(() => {
    originals = join(mkdtempSync(join(tmpdir(), 'cullstream-targets-')), 'originals');
    mkdirSync(originals);
  });
  afterAll(() => rmSync(join(originals, '..'), { recursive: true }));

  it('is only read, or refused among the originals, for every setting of every command', () => {
    const named = [...schemas.values()].flatMap(({ shape }) =>
      Object.entries(shape)
        .filter(([, type]) => /file|dir/.test(String(type.meta()?.['placeholder'])))
        .map(([setting]) => setting),
    );
    const written = [...new Set(named)].filter((setting) => !onlyRead.includes(setting));
    expect(written).toEqual(expect.arrayContaining(['data', 'cache', 'out', 'html', 'dir']));
    for (const setting of written) {
      const settings = { originals, [setting]: join(originals, 'aurora.zip') };
      expect(() => refuseWritesIntoOriginals(settings)).toThrow(`‹${setting}›: ${originals}`);
    }
  });

  it('is the same for every operand', () => {
    const written = operands.filter((each) => !operandsOnlyRead.includes(each));
    expect(written).toEqual([...writing].map((command) => `${command} file`));
  });
});
