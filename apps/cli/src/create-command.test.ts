import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandGroups, commandHelp } from './command-help.js';
import { createCommand, createRootCommand, toHelpRequest } from './create-command.js';
import { declareCommands } from './declare-commands.js';
import { addSettings } from './settings/add-settings.js';

let shown = '';
const program = createRootCommand('1.2.3').configureOutput({
  writeOut: (text) => (shown += text),
  writeErr: (text) => (shown += text),
  getOutHelpWidth: () => 80,
});
declareCommands((name, schema) => addSettings(createCommand(program, name), schema));

function readHelp(command: Command): string {
  shown = '';
  command.outputHelp();
  return shown;
}

/** What is thrown at the end of a request for help. */
function ask(typed: string): unknown {
  shown = '';
  try {
    return program.parse(toHelpRequest(program, typed.split(' ')), { from: 'user' });
  } catch (error) {
    return error;
  }
}

function find(name: string): Command | undefined {
  return name.split(' ').reduce<Command | undefined>((parent, part) => {
    return parent?.commands.find((each) => each.name() === part || each.aliases().includes(part));
  }, program);
}

describe('the help', () => {
  it('lists every command in a group, the first things first', () => {
    const headings = readHelp(program).match(/^\S.*:$/gm);
    expect(headings).toEqual(['Options:', ...Object.keys(commandGroups), 'Examples:']);
    const grouped = Object.values(commandGroups).flat();
    expect(program.commands.map((each) => each.name()).sort()).toEqual([...grouped].sort());
  });

  it('of a run begins with what it needs', () => {
    const help = readHelp(find('run') ?? program);
    expect(help.match(/--[a-z]+(?= <)/g)?.slice(0, 2)).toEqual(['--originals', '--data']);
    expect(help.replaceAll(/\s+/g, ' ')).toContain('press Ctrl-C again to stop immediately');
  });

  it('finds a command under its other spelling', () => {
    expect(find('prioritize')).toBe(find('prioritise'));
  });

  it.each([
    ['help', 'Usage: cullstream [options] [command]'],
    ['help run', 'Usage: cullstream run [options]'],
    ['help dead', 'Usage: cullstream dead [options] [command]'],
    ['help dead list', 'Usage: cullstream dead list [options]'],
    ['help models import', 'Usage: cullstream models import [options] <file>'],
    ['help prioritize', 'Usage: cullstream prioritise|prioritize [options]'],
    ['help --help', 'Usage: cullstream [options] [command]'],
    ['dead list --help', 'Usage: cullstream dead list [options]'],
  ])('is shown for `%s`', (typed, usage) => {
    expect(ask(typed)).toMatchObject({ exitCode: 0 });
    expect(shown).toContain(usage);
  });

  it.each([
    ['help bogus', "error: unknown command 'bogus'"],
    ['help modles list', "error: unknown command 'modles'\n(Did you mean models?)"],
    ['help dead lost', "error: unknown command 'lost'\n(Did you mean list?)"],
    ['help pause bogus', "error: `pause` has no commands, so there is no 'bogus'"],
    ['bogus --help', "error: unknown command 'bogus'"],
    ['dead bogus -h', "error: unknown command 'bogus'"],
  ])('is refused for `%s`', (typed, error) => {
    expect(ask(typed)).toMatchObject({ exitCode: 1 });
    expect(shown).toContain(error);
  });

  describe.each(Object.entries(commandHelp))('of %s', (name, { examples }) => {
    const command = find(name) ?? program;

    it('fits in 80 columns', () => {
      const lines = readHelp(command).split('\n');
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    });

    it('has examples of commands and options that exist', () => {
      expect(readHelp(command)).toContain(`Examples:\n  ${examples[0]}`);
      for (const example of examples) {
        const words = example.split(/\s+/).slice(1);
        const found = find(words.slice(0, 2).join(' ')) ?? find(words[0] ?? '');
        const flags = words.filter((word) => word.startsWith('--'));
        expect(found?.options.map((option) => option.long)).toEqual(expect.arrayContaining(flags));
      }
    });
  });
});
