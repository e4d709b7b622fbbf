export { counted, formatCount, toPlural } from '@cullstream/contracts';
