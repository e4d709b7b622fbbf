/** What `npm run build` makes of src/write-tables.ts. */
import './dist/write-tables.js';
