export { type Catalogue, type CatalogueImage } from './catalogue-project.js';
export { type ProjectSource } from './find-projects.js';
export { loadInventory, type InventoryEntry } from './inventory.js';
export { listImages, type SourceImage, type SourceListing } from './list-images.js';
export { matchLegacy, type FindLegacyEmbedding } from './match-legacy.js';
export { planProjects, type Plan, type PlanOptions } from './plan-projects.js';
export { readCatalogue, type CatalogueOptions } from './read-catalogue.js';
export { selectProjects, type Selection, type SelectionOptions } from './select-projects.js';
