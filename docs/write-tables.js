/** Runs the program that `npm run build` makes from src/write-tables.ts. */
import './dist/write-tables.js';
