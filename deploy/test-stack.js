/** What `npm run build` makes of src/test-stack.ts. */
import './dist/test-stack.js';
