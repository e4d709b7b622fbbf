/** Runs the program that `npm run build` makes from src/take-screenshots.ts. */
import './dist/take-screenshots.js';
