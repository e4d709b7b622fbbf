export { serveDataFolder, type DataFolderPage, type PageOptions } from './serve-data-folder.js';
