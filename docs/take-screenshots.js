/** What `npm run build` makes of src/take-screenshots.ts. */
import './dist/take-screenshots.js';
