/** What `npm run build` makes of src/test-images.ts. */
import './dist/test-images.js';
