/** Runs the program that `npm run build` makes from src/test-images.ts. */
import './dist/test-images.js';
