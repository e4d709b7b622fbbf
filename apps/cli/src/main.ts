import { createProgram } from './program.js';
import { createTerminal } from './output/terminal.js';

const terminal = createTerminal(process.stdout, process.stderr);
const program = createProgram({ terminal, surroundings: { environment: process.env } });
process.exitCode = await program.run(process.argv);
process.exit();
