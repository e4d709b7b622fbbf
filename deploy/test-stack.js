/** Runs the program that `npm run build` makes from src/test-stack.ts. */
import './dist/test-stack.js';
