import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandGroups, commandHelp } from './command-help.js';
import { createCommand, createRootCommand } from './create-command.js';
import { declareCommands } from './declare-commands.js';
import { addSettings } from './settings/add-settings.js';

let shown = '';
const program = createRootCommand('1.2.3').configureOutput({
  writeOut: (text) => (shown += text),
  getOutHelpWidth: () => 80,
});
declareCommands((name, schema) => addSettings(createCommand(program, name), schema));

function readHelp(command: Command): string {
  shown = '';
  command.outputHelp();
  return shown;
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
