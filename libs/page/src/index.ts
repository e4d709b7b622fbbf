export { readPage, type PageFile } from './read-page.js';
