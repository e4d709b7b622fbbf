/** Runs the program that `npm run build` makes from src/write-env-example.ts. */
import './dist/write-env-example.js';
