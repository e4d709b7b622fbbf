import { Command, Option } from 'commander';
import { commandGroups, type CommandName, toHelpTexts } from './command-help.js';
import { generalOptions } from './settings/option-groups.js';

const everyOption = `
Each option can also be a variable or a line of cullstream.yaml, for example
CULL_MIN_GROUP_SIZE or minGroupSize for --min-group-size. A list of all:
docs/settings.md.`;

const programEnd = `
Examples:
  cullstream demo
  cullstream run --originals /media/originals

\`cullstream help run\` shows the options of \`run\`, and so for every command.`;

/** Other spellings of command names. */
const aliases: Readonly<Record<string, string>> = { prioritise: 'prioritize' };

/** Creates the program without its commands. */
export function createRootCommand(version: string): Command {
  const help = new Command('help')
    .argument('[command...]')
    .description('show the help of a command')
    .helpGroup('Start here:');
  return new Command('cullstream')
    .description('Picks the best image of every group of variants and proposes how to crop it.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpCommand(help)
    .configureHelp({ subcommandTerm: toTerm })
    .addHelpText('after', programEnd)
    .exitOverride()
    .showHelpAfterError('`cullstream --help` lists the commands');
}

/**
 * What is typed, with `help A B` as `A B --help`. Help for a name that is none is left out, so that the name is
 * refused as it is without.
 * @throws {CommanderError} where `help` is given more than the name of a command
 */
export function toHelpRequest(program: Command, typed: readonly string[]): readonly string[] {
  const isHelp = typed[0] === 'help';
  const words = isHelp ? typed.slice(1).filter((word) => !word.startsWith('-')) : typed;
  let command = program;
  for (const word of words) {
    if (word.startsWith('-')) break;
    const { commands } = command;
    const found = commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (found === undefined && commands.length > 0) return words.filter((each) => !isFlag(each));
    if (found === undefined && isHelp) {
      command.error(`error: \`${command.name()}\` has no commands, so there is no '${word}'`);
    }
    if (found === undefined) break;
    command = found;
  }
  return isHelp ? [...words, '--help'] : words;
}

function isFlag(word: string): boolean {
  return word === '--help' || word === '-h';
}

/** The name of a command in a list, without aliases and without `[options]`. */
function toTerm(command: Command): string {
  const operands = command.registeredArguments.map((each) => {
    const name = each.variadic ? `${each.name()}...` : each.name();
    return each.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...operands].join(' ');
}

/** Creates a command with its help and without options. `dead list` is created below `dead`. */
export function createCommand(program: Command, name: CommandName): Command {
  const [first = name, second] = name.split(' ');
  if (second === undefined) return addWithOptions(program, first, name);
  const parent =
    program.commands.find((each) => each.name() === first) ??
    addDescribed(program, first, first as CommandName).helpCommand(false);
  return addWithOptions(parent, second, name);
}

function addWithOptions(parent: Command, name: string, whole: CommandName): Command {
  return addDescribed(parent, name, whole)
    .addHelpOption(new Option('-h, --help', 'show this help').helpGroup(generalOptions))
    .addHelpText('after', everyOption);
}

function addDescribed(parent: Command, name: string, whole: CommandName): Command {
  const { summary, description, after } = toHelpTexts(whole);
  const command = parent
    .command(name)
    .summary(summary)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', after)
    .showHelpAfterError(`\`cullstream ${whole} --help\` shows what it takes`)
    .exitOverride();
  const alias = aliases[whole];
  if (alias !== undefined) command.alias(alias);
  const group = Object.entries(commandGroups).find(([, members]) => members.includes(whole));
  return group === undefined ? command : command.helpGroup(group[0]);
}
