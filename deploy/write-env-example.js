/** What `npm run build` makes of src/write-env-example.ts. */
import './dist/write-env-example.js';
